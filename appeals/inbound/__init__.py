"""Letters from mailboxes and from chats with bots: each once a draft of an appeal, completed, returned or put aside."""
