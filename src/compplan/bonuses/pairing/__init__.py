"""The pairing mechanism: volume of two sides is matched by ratio and increment, paid, and carried on."""
