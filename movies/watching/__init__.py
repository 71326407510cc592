"""Where to watch: services of a member's country, what the house owns, and the filter for both."""
