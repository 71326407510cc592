"""Answers from the active run, for pages and the API: lists, predictions, explanations."""
