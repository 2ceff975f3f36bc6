"""Code that runs inside the Rasa server: adapters only."""
