"""rasa-sdk actions: read the tracker, call knowledge or safety, speak. Adapters only."""
