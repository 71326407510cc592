"""Picking a movie together: groups, their guests, and the list that suits them all."""
