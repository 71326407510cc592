"""What the gate compares: a fit, the means, and an earlier fit, on ratings none of them saw."""
