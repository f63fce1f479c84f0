"""What a scenario does, each verb by the product's own functions and routes."""

from tests.scenarios.verbs import leads, loyalty, syncing
from tests.scenarios.verbs.registry import ON_DEVICE, ONLINE

__all__ = ["ONLINE", "ON_DEVICE", "leads", "loyalty", "syncing"]
