"""What speaks for a sentence as the answer to a question, and what against it."""
