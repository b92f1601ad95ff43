"""The documentation: its pages, and what writes those of the reference when MkDocs builds the site."""
