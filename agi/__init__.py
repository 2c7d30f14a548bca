"""The FastAGI server: walks one caller through `ivr`."""
