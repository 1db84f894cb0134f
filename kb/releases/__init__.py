"""Releases: immutable, complete, searchable builds of the knowledge base."""
