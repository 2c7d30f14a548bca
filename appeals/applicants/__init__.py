"""Who turns to us: persons and organisations, how they are reached, found again, corrected, and made one of two."""
