"""A small package of the shape that the facade is generated from, with every construct that may occur in it."""
