"""Real servers for the tests, one module each; the fixtures in `tests/conftest.py` start them."""
