"""Tests of the instructor's workplace."""
