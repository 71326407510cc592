"""The admin form of a movie, as a browser sends it."""

# No rows of the tables below the form.
NO_ROWS = {
    f"{prefix}-{name}_FORMS": "0"
    for prefix in ("credits", "alternative_titles")
    for name in ("TOTAL", "INITIAL")
}
