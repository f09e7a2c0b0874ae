"""What `wann` offers to Python: searches, models that try themselves, and their results."""
