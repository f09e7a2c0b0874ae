"""Figures of a champion, its search, and what it does."""
