"""Members bring their ratings, watchlist, diary and lists from other sites."""
