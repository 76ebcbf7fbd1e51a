"""What every mechanism ends in: books that balance, rounding, caps."""
