"""Evaluations: golden questions, scorers, reports, bench."""
