"""Floor 5: many clients from one config."""
