"""Title search that tolerates misspellings."""
