"""Wemalo: a warehouse behind the Connect API."""
