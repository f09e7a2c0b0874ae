"""Activations of one's own: expressions of x, as data."""
