"""Reading from datasets: queries with bound values, streamed results, exports to files."""
