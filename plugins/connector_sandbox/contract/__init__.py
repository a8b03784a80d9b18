"""Tries the plugins of this package against what the sandbox plays: their cases for the contract tests.

A case gets the plugin that is tried, since the sandbox imports no other plugin.
"""
