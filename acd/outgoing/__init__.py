"""Calls to numbers outside: which number citizens see, which numbers may be called, and for how long."""
