"""An upload from end to end: parts on their way, the commit, the journal."""
