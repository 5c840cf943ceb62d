"""stops: one file per protection of what is held; each has one class.

A `PriceStop` gives each position a price at which it is closed; an `EquityStop` watches the equity and closes
everything.
"""
