"""The rendered configuration against a real Asterisk: our own SIP telephones (phone.py) and AMI."""
