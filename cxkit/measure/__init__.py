"""Floor 2: what the computing of several methods shares."""
