"""The match: a walk whose volume is what other bonuses paid."""
