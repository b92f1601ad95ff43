"""What is known of real instances, and that it is held."""
