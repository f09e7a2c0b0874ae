"""Tables of the user's own as tasks: ``--env csv:FILE --label COLUMN``."""
