"""Logic that routes of one or several areas use: jobs, trees of files, pictures, schedules and others."""
