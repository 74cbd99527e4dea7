"""LTI 1.3 as the specification names it: registrations, messages, services.

Here belongs everything that knows claims, tokens, keys or a platform's HTTP; here alone is
pylti1p3 imported. What a launch means for a course or a grade does not belong here.
"""
