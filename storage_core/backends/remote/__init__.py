"""Everything that is reached over a network: the deadline, the retries and the messages, once for all drivers."""
