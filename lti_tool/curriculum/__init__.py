"""What can be learned and where it is placed: content files, published versions, placements.

Nothing here knows the subject of a curriculum. What learners do with it does not belong here.
"""
