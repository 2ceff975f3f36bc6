"""What counts as a crisis, what is said then, and how a person hears of it."""
