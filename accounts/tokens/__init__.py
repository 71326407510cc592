"""Personal access tokens: their pages and API."""
