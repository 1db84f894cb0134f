"""What the bot does with each kind of update, one module a kind; table.py holds them together."""
