"""Requests and answers of pages and API: addresses, caching, compression."""
