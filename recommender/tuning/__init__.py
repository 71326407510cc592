"""Hyper-parameter tuning."""
