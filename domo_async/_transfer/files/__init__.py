"""Files up and down, one, many, and whole folders."""
