"""Tests of the package grades that need no platform."""
