"""Volumes: from orders to base volumes, and from base volumes up the trees.

`rollup` sums over subtrees, `legs` looks at frontline legs, `counts` counts flagged members. Their functions
take a `Tree` and arrays in the tree's own pre-order, and give arrays in the same order. Nothing is imported
here, because the kernels beneath load Numba.
"""
