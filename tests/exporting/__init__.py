"""What is exported, read by the tools that it is for."""
