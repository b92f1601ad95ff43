"""The contract: what goes out for each documented route, and what its documented answer becomes."""
