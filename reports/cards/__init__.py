"""The full card of a call (Z-43): times, menu, legs, recordings, what was said of it, appeals; as JSON and in Excel."""
