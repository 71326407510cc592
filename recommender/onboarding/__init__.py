"""Onboarding: pick groups of movies, then rate a few that are chosen one by one."""
