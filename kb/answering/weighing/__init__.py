"""How much a word weighs, how near two words are, and what a score is worth."""
