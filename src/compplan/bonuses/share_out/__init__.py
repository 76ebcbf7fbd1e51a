"""The share-out mechanism: an amount is divided by weights, exactly, with a stated rule for what rounding leaves."""
