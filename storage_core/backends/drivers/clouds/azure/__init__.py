"""Azure: what signs, and what its refusals mean."""
