"""Billbee: a shop behind the API that merchants use."""
