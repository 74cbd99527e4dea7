"""Reading: what a learner has completed, and the ungraded check that closes each lesson.

Graded work belongs to `quiz`.
"""
