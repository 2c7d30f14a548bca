"""A citizen's talk with the organisation's bot: what is written and sent there waits as a letter for an operator."""
