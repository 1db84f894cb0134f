"""The web pages: what they show, their templates, style and script."""
