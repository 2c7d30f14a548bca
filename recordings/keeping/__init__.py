"""How long recordings are kept, what may not be deleted, and the acts by which they are deleted."""
