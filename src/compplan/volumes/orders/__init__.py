"""Orders to base volumes: what members get of the orders of a period, in sum and order by order.

    orders = read_orders(table, columns=..., rules=rules, genealogy=..., period_start=..., period_end=...)
    pv, cv = base_volumes([pv_rule, cv_rule], orders, people)
    lines = order_lines(cv_rule, orders, people)

`table` reads the table, `rules` says what counts, `data` and `windows` find the rows that do, `sequence` brings orders
into an order of their own; `sums` and `lines` have the volumes. Nothing is imported here: kernels load Numba.
"""
