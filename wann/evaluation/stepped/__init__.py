"""Gymnasium environments stepped in Python: what acts in them, and a look at them first."""
