"""Searches: over the whole instance, over FileSets by their text, over documents by filters."""
