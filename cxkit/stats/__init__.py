"""Floor 1: statistics, numbers in and numbers out."""
