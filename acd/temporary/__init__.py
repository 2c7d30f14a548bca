"""Temporary operators: accounts made in bulk, with their queues and skills, that expire by themselves."""
