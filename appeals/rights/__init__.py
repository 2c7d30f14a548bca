"""Which field of an appeal is of which class, and who may see it."""
