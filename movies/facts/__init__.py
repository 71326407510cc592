"""Facts about movies beside title, year and genres."""
