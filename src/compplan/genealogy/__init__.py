"""The genealogy: ids, trees as flat pre-orders, what can be wrong with them, and their file."""
