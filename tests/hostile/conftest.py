"""Every run tries the same examples, so that a failure can be looked at again."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.hostile.campaign import examples_each

# An example is a whole conversation, so it has no deadline; its answers are large on purpose.
settings.register_profile(
    "hostile",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=examples_each(),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
settings.load_profile("hostile")
