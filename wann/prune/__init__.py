"""Pruning dense networks: the other road to small ones, to compare weight agnostic ones with.

Three things combine freely: how connections are scored (`scores`), how scores become a mask
(`masks`), and when (`schedules`); a fourth says what the survivors hold (`survivors`).
"""
