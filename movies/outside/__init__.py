"""Clients of other sites, for the worker and commands; a page never waits for them."""
