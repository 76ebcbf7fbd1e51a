"""Pass-up: some of a seller's sales go to somebody above him, by their number; the others he keeps.

Importing `run` imports Numba.
"""
