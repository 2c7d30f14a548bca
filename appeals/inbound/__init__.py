"""Letters that come to a mailbox: each once a draft of an appeal, completed, returned or put aside by an operator."""
