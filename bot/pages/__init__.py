"""Pages of the chat server: the public safety page and the page behind an alert's link."""
