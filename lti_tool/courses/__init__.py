"""Who is where, as the platform told us: contexts, links, people, memberships.

What people learn or earn does not belong here.
"""
