"""Search: reading the question, vectors, words, fusion."""
