"""The first minute: groups of movies to pick from, then a few movies to rate, chosen one by one."""
