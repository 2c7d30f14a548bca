"""A supervisor at work on a running call: listens, whispers, barges in, takes it over; messages, pauses, sign-outs."""
