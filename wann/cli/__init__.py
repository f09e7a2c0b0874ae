"""What all commands share: options, progress, and how a command ends."""
