"""The staff's area: documents in, evaluations, publishing, what people think, keys; each page behind a session."""
