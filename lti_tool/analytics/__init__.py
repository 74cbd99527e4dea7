"""Reading what happened: progress of a course's people. It changes nothing."""
