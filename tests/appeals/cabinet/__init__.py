"""The citizens' cabinet: the form, accounts by codes, one's own appeals."""
