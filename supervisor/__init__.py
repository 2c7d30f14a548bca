"""The live board; listen, whisper, barge; score cards, sampling, calibration."""
