"""Tests of drawing, asking, reading and marking items."""
