"""Writes of apps that may have been offline, or send a request twice."""
