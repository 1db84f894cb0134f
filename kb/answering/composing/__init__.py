"""What an answer may be besides single sentences: a whole list, an overview, one sentence for each Driver."""
