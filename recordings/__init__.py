"""Recordings: from the local spool to the S3 store; encoded, verified, played, kept, deleted."""
