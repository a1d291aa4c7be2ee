"""All of it again, for programs."""
