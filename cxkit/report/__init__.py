"""Floor 6: one client's report, from a template and parameters to a published bundle."""
