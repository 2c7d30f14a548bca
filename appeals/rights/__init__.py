"""Whose appeals somebody sees, which field of an appeal is of which class, and the opening of what is masked."""
