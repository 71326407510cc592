"""The API of operators: refits, evaluations, the state of the site, and the catalogue."""
