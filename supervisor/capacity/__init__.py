"""Channels in use, of the organisation and of each trunk: now, at their peak, and who was refused."""
