"""Messages that leave the house by e-mail, SMS and Telegram: one outbox in PostgreSQL, one ladder of retries."""
