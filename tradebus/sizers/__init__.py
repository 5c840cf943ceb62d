"""sizers: one file per way to turn a wish into a quantity; each file has one class, `<Name>Sizer`.

A sizer answers in shares or coins, never below 0 and not yet on the lot: the sizing service rounds down. What cannot
be sized (no equity, no price, a number that is not finite) is 0, which means no order. Two methods are optional:
`on_bar(bar)` is called for every bar and `on_trade(trade)` for every closed trade, if a sizer has them.
"""
