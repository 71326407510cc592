"""Lists that people make of movies: ordered, and private, for whoever has the link, or public."""
