"""Tuning of a champion's weights: one shared weight, or each its own."""
