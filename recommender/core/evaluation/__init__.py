"""Metrics, baselines, splits and comparisons of models."""
