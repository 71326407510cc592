"""Importing data sets into the catalogue."""
