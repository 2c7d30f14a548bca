"""The citizens' own way in: a form the organisation defines, accounts opened by codes, what became of one's own."""
