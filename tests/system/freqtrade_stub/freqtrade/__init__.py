"""A stand-in for the parts of Freqtrade that strategies touch, after its documentation."""
