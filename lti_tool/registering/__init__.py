"""An administrator registers the tool: the pages for it, and what to paste where.

What a platform is asked and what it answers belongs in `lti/`.
"""
