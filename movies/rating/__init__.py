"""Rating a movie."""
