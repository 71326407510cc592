"""Pages of directors, writers and actors."""
