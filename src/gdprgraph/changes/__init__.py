"""What has changed between two states of a register, what it means, and the letters that follow from it."""
