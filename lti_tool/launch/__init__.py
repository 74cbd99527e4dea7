"""A browser arrives from the platform: entering the course, and the visit that follows.

What the visit is used for (reading, answering, grading) does not belong here.
"""
