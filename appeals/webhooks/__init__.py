"""News of appeals for information systems of others: put beside the deed, signed, sent in order, tried again, kept."""
