"""Derivatives by the weights and the nodes of networks, and training by them, compiled."""
