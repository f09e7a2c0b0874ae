"""What the command does once it has read its options; that it is begun sooner without."""
