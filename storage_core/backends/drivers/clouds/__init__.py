"""How clouds are signed in to, and what they mean by their errors: for both engines of each."""
