"""From what a bonus says to numbers: rates, gates, levels, sources. Every mechanism begins here."""
