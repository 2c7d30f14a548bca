"""The town: people who telephone over real SIP, operators in real browsers, and the product whole on real parts."""
