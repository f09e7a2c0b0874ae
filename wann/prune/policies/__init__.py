"""Pruning of dense policies for control tasks."""
