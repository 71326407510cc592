"""Mail: stored with the request that writes it, sent by the worker."""
