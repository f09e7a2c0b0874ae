"""Pruning methods: `registry` lists them all; those of an own procedure have a file here."""
