"""Vendure: a shop behind its GraphQL admin API, in memory, to test against."""
