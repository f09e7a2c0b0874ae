"""Regression: numbers told by outputs that have no scale of their own."""
