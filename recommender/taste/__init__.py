"""The taste page: map, statistics and surprises."""
