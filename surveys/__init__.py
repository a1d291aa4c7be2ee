"""What we ask, and when."""
