"""Works: planned and emergency works, the houses they reach, what callers are told, the appeals that wait for them."""
