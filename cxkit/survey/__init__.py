"""Floor 0: reading a survey, scale cards and the tally."""
