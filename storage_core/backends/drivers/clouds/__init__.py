"""How to sign in to clouds, and what their errors mean: shared by the two engines of each."""
