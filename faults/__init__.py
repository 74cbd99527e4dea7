"""Proof by faults: workers and the broker are killed, the platform misbehaves, no score is lost.

`python -m faults`, or `make faults`. Nothing here is part of the tool.
"""
