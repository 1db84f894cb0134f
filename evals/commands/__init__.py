"""The commands of evaluation and publishing."""
