"""Self-services: what a caller can settle with keys alone."""
