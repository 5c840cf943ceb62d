"""checks: one file per reason to refuse an order before it goes out; each has one class, `<Name>Check`.

A check changes nothing but what it remembers of its own. A value at the limit passes, a value above it does not, and a
number that cannot be used never passes.
"""
