"""What a run hands out."""
