"""One module a format, and the table that picks it."""
