"""What every kind of test shares: how hard the simulations try."""

from datetime import timedelta

from hypothesis import HealthCheck, settings

# A step of the simulation commits to a real database: its time says nothing about a hang.
settings.register_profile(
    "default", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "soak",
    parent=settings.get_profile("default"),
    max_examples=100 * settings.get_profile("default").max_examples,
    deadline=timedelta(minutes=1),
)
settings.load_profile("default")
