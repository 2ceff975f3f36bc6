"""`kap eval`: what the assistant does with questions whose right outcome is known."""
