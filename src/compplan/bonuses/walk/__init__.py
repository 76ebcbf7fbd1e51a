"""The upline walk: the volume of a source goes up a tree, and ancestors take shares of it by level.

`spec` says what a walk is and what it reads, `run` runs it, `outcomes` tells one earner what became of each
source below. Nothing is imported here, because the kernels beneath load Numba.
"""
