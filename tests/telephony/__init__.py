"""The rendered configuration against a real Asterisk: SIP callers (SIPp) on one side, AMI on the other."""
