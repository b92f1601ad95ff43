"""What the instance knows beside rows, and how it is kept: records, files, on disk and as worlds."""
