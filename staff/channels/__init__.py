"""The administrator's pages of `notify`: channels, test messages, the outbox, an organisation's own wording."""
