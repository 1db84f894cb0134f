"""The commands on the knowledge base: answers and releases."""
