"""CSV as text: where it may be cut, what is wrong with it, and how it is written anew. Pure."""
