"""The grade of a learner for a placement, and its way to the platform's gradebook.

How an answer is marked belongs to `quiz`; how a platform is called belongs to `lti`.
"""
