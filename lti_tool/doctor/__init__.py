"""Finding out why something does not work: probes, each with its cure in words.

A probe looks and says what it found; it changes nothing. What it says may be handed to strangers:
no tokens, no keys, no personal data.
"""
