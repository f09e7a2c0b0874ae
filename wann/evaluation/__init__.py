"""What networks are worth on a task with given weights, on threads, processes or clusters."""
