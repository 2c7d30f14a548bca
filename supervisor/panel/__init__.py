"""The staff's help panel in Telegram: linked accounts act on alarms in the group, and on questions to specialists."""
