"""Points that are used up on the way up a tree: who stands nearer takes first, and what is left goes on.

Importing `run` imports Numba.
"""
