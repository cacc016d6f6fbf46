"""One folder for each library: one attempt at each operation. Nothing else knows the library."""
