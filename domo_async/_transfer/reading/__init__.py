"""What comes out of datasets: queries with values bound, results as they arrive, exports to files."""
