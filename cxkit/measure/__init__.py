"""Floor 3: what the computing of several methods shares."""
