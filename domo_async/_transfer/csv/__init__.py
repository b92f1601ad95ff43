"""CSV as text: split into records, checked and rewritten. Pure."""
