"""What screens are made of: the table, the bars above and below, the fields of a form."""
