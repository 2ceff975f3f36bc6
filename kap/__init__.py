"""The command line. May import every package; no package imports it."""
