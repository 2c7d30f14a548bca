"""Escalation: who is told when a term runs out, each step exactly once, and the measure that late appeals ask for."""
