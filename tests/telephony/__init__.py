"""The rendered configuration against a real Asterisk: SIP telephones of ours (phone.py) on one side, AMI on the other."""
