"""Answers: a visible list of steps."""
