"""Google Cloud: signing in, and the requests that both engines make."""
