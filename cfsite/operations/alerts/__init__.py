"""Alerts: what is wrong, told to staff once, and once again when it is over."""
