"""Users' own ordered lists of movies: private, shared by link, or public."""
