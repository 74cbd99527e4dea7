"""Graded attempts: drawing, saving, submitting, marking.

What an attempt means for the gradebook belongs to `grades`.
"""
