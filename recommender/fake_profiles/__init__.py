"""Suspicious profiles: found by every refit, shown to staff with the evidence."""
