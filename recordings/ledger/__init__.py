"""The ledger of recordings: what happened to each, chained entry by entry, so that nobody changes the past unseen."""
