"""Searches: of the whole instance, of FileSets by what they say, of documents by filters."""
