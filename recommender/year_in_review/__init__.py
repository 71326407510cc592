"""What somebody rated in one year, looked back at."""
