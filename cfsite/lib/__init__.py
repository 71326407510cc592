"""Shared code that imports none of the apps."""
