"""Callers as an agent sees them: the card, the number's earlier calls, and notes that colleagues wrote."""
