"""What a chat model is shown, and how its reply is read."""
