"""Predictions, reasons, what-if and similar movies on the movie page."""
