"""Movies from a CSV file of one's own: read, compared with the catalogue, then written."""
