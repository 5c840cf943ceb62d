"""risk: what stands between a wish and the market.

checks/            before an order goes out: one file per reason to refuse
validator.py       the checks in order; the first no wins
working_orders.py  what the approved orders may still do
order_manager.py   validator and working orders together
stops/             while a position is open: one file per protection
breaker.py         the circuit breaker: entries end, exits do not
risk_manager.py    stops, limits on the equity and the breaker together
"""
