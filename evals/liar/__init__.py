"""The liar suite: sentences that lie about a real quote, and faithful ones, written by hand; `python -m evals.liar`."""
