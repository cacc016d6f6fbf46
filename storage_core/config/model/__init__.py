"""What the configuration file says: names, configurations, and what is wrong with them."""
