"""`bussola doctor`: what is installed, writable and reachable, and what to do about what is not."""
