"""Environments that are stepped in Python: how they are made, seen, and acted in."""
