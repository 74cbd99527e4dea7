"""Measurements, printed as medians with versions: `make bench`. Tests assert no times."""
