"""analytics: what a run came to, computed after the fact from its equity curve, fills and trades."""
