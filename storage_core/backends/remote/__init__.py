"""What is reached over a network: deadline, retries and messages, once for all drivers."""
