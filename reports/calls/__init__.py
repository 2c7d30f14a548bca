"""Calls of a month: received, answered, missed and why; talk, hold and after-call time; calls made again."""
