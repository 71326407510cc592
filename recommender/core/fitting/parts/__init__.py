"""The ratings of a fit, cut into parts that are learned side by side."""
