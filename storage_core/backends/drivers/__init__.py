"""One folder for each library, which makes single attempts. Nothing else knows the library."""
