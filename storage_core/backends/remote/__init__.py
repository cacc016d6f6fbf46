"""Places reached over a network: deadline, retries and messages, written once for all drivers."""
