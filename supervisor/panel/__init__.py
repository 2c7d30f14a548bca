"""The staff's help panel in Telegram: linked accounts act on alarms, questions and appeals; others are citizens."""
