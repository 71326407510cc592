"""What a user watched in one year, in review."""
