"""A framework that connects shop systems (sources) with warehouse systems (targets).

Nothing is imported here, so that `connector --help` stays fast. Plugins import from `connector.api`.
"""
