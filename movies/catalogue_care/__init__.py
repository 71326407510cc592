"""Looking after the catalogue: duplicates, retired movies, additions and requests of members."""
