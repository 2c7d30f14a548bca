"""The chained trail of business rows: what each row is, entered at each change, so that nobody changes one unseen."""
