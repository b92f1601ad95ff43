"""Datasets as tables of a database, by PEP 249: statements, connections, cursors, results."""
