"""Queues, agents, shifts and pauses; the operator's desk with its softphone."""
