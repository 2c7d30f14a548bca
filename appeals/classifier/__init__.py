"""The classifier: coded values of the control card and of the organisation's own problems, as versioned data."""
