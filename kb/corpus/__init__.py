"""The shipped corpus: ten driver records, the guide, their schema and loader."""
