"""Reading pages from streaming replicas of the database."""
