"""What we did about it, and whether it helped."""
