"""Authentication, rights and visibility."""
