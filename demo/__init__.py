"""A small LTI 1.3 platform in which to try the tool: people, a course, launches and a gradebook.

It plays the other side of the protocol, on PyPI's `lti1p3platform` where that serves, so that the
tool is not only tested against our own reading of the specification. It knows the tool by its
addresses alone: nothing in here imports `lti_tool`, and nothing of the tool imports this package.
It has no passwords and answers on this machine only: for trying and testing.
"""
