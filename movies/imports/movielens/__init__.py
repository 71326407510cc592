"""Reading the MovieLens data sets."""
