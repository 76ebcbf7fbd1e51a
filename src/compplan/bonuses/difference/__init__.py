"""The difference mechanism: volume goes up a tree, and each member above gets his rate less what is taken already."""
