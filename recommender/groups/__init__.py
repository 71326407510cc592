"""Groups that pick a movie together: members, guests, and the list that suits them all."""
