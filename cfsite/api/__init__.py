"""The API: its addresses, and its schema with the operations of accounts in it."""
