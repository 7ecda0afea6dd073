"""Programs that print seconds; run by hand."""
