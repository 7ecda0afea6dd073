"""Floor 4: what views share; a method's own stand in its room."""
