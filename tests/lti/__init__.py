"""Login and launch from outside: what is accepted, what is refused, and whatever else may come."""
