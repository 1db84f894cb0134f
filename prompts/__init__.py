"""What is said to people and to models, loaded by name."""
