"""What apps need that work without a connection and on several devices."""
