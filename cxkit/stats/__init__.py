"""Floor 2: statistics, numbers in and numbers out."""
