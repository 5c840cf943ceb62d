"""features: indicators, one bar at a time or over a whole table, with the same values bit for bit."""
