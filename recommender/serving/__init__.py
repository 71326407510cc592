"""What the active run says about users and movies, for pages and the API."""
