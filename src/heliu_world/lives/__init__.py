"""The life of one order: whoever is concerned looks at it from time to time and does what is next.

`life.py` says what that is; the acts are told room by room: `orders.py` before the money,
`changes.py` when it becomes another, `filings.py` at the registry, `goods.py`, `gate.py`,
`money.py`, `papers.py` for VAT, `claims.py` on terms, `complaints.py` when the buyer is not
content, `default.py` and `sales.py` when a dealer does not pay. `case.py` is what
all of them know of the order.
"""
