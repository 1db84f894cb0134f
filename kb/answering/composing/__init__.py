"""What an answer may be besides single sentences: a whole list, an overview, a sentence for each Driver, captions."""
