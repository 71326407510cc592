"""Fake profiles: how little a new account weighs, and which profiles look made up."""
