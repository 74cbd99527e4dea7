"""Behaviour is driven from outside: HTTP, a platform that can be told to fail, a real browser."""
