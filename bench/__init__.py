"""Measurements, printed as medians with versions: `make bench`. Tests assert no times.

Each file named like a part measures that part; the rest starts, feeds and reads the real processes.
Everything stays on 127.0.0.1, in a temporary folder and in databases that are thrown away.
"""
