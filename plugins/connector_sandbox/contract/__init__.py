"""Tries the plugins for Billbee and Wemalo against the sandbox: their cases for the contract tests.

A case gets the plugin that is tried, since the sandbox imports no other plugin.
"""
