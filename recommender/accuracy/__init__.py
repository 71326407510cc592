"""Evaluation, and the public accuracy page."""
