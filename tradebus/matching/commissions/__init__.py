"""commissions: one commission model a file; `per_share.py` has the class `PerShare`."""
