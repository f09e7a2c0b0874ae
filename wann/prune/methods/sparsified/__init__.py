"""Sparse by the loss itself: what is added to it makes weights or nodes vanish in one training."""
