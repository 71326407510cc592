"""What to ask a new user, and what the answers say."""
