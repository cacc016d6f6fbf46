"""Azure Blob Storage, through adlfs and Azure's own client below it."""
