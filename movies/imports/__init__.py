"""Imports data sets of movies and ratings into the catalogue."""
