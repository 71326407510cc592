"""Try-out for visitors without an account."""
