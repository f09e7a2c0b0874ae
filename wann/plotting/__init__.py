"""Figures of networks and numbers, from arrays and names alone."""
