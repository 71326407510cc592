"""Faults of parts, at random moments: killed processes, servers away, full disks, clocks set.

Each race has a control: the same test with its lock, constraint or order switched off must fail.
The short form runs with the other tests; `bin/soak` runs the long one.
"""
