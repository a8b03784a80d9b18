"""The same job done with other frameworks, as their guides teach it: from Billbee to a sink, one POST per record.

The folder of each has what an integrator writes, and the versions that it is measured with; `ours` has a plugin.
"""
