from hypothesis import settings

# The same examples on every machine and no database beside the checkout.
settings.register_profile(
    "scoring", deadline=None, derandomize=True, database=None, max_examples=60
)
settings.load_profile("scoring")
