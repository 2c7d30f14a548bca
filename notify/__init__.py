"""E-mail, SMS and Telegram: one outbox, one ladder of retries."""
