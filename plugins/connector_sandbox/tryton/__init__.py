"""Tryton: a warehouse behind its REST API, in memory, to test against."""
