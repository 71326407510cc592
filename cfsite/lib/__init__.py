"""Shared code that knows none of our apps."""
