"""Floor 1: reading a survey, scale cards and the tally."""
