"""What is kept about a person: gathered, told in prose, and given to take along.

Whatever has to be known of a table for this is that it has a column `user_id`, or points to one
that has: a table that is added to the tool is told of here without further work. What a person did
to others (a decision about a copied course, say) is theirs only as far as the log of events says.
"""
