"""FileSets: `domo.filesets`."""
