"""Floor 3: a Result as table, figure or prose; matplotlib and languages live only here."""
