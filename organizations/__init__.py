"""Who works here, and in whose name we speak."""
