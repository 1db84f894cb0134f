"""The doors to other libraries, one library a module."""
