"""Browsing the catalogue: orderings, facets, filters."""
