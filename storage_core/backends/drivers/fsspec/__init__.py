"""Every other file system that fsspec knows; FTP, SFTP and WebDAV with what fsspec's own lack."""
