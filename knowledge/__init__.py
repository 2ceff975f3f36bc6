"""What the assistant may say, and how it comes to be approved."""
