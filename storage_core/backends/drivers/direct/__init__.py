"""The clouds by one signed request for each operation, without their libraries on the way."""
