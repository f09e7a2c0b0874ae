"""Searches over their seeds: a line with a band for runs of equal settings."""
