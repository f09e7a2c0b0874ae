"""The search: ask, evaluate, confirm, tell, log."""
