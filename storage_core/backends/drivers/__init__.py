"""One folder for each library: how it makes one attempt at each operation. Nothing else knows it."""
