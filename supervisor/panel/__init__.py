"""The staff's help panel in Telegram: linked accounts act on alarms, questions to specialists and work on appeals."""
