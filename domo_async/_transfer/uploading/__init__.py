"""Uploads: sending parts, the commit, the journal."""
