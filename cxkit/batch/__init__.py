"""Floor 7: many clients from one config."""
