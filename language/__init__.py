"""Text in, normal form and sentence vectors out; imports none of our other packages."""
