"""Processes that are killed or stopped, networks that fail and clocks that jump, while people chat.

Reduced as part of all tests; in full with ``make soak``.
"""
