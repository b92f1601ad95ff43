"""Files: `domo.files`."""
