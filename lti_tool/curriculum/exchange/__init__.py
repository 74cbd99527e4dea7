"""Items to and from other systems: QTI, Moodle XML and GIFT.

Each format reads and writes `questions`; only `asking` and `authoring` know our own items. What a
format cannot carry is named, never dropped in silence.
"""
