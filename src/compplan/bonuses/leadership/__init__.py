"""Money or volume that goes up from group to group, with a guarantee to the next above; bottom-up.

Importing `flow` imports Numba.
"""
