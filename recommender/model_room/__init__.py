"""The model room: what staff see of runs, and what they do with them."""
