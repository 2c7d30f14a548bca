"""The staff's help panel in Telegram: linked accounts take, answer, pass on and close alarms in the group."""
