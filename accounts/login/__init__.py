"""Signing up and logging in: what this site does otherwise than allauth."""
