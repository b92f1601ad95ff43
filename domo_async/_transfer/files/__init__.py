"""Uploads and downloads of files: one file, many files, and whole folders."""
