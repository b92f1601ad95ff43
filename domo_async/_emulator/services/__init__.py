"""What the routes of one area or a few need beside HTTP: jobs, trees of files, pictures, schedules and the like."""
