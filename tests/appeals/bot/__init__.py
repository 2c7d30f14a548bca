"""Citizens who write to a bot of the organisation."""
