"""What the plugins do with answers that are broken, or made to do harm (SPEC R4)."""
