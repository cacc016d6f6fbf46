"""How bytes move: one backend for each kind of place, all behind the interface in `base.py`.

    base.py          the interface, and what each backend promises
    local.py         folders of this machine; standard library only, like base.py;
                     local_disk.py has the steps of a write
    kv/              the KV protocol and its client
    s3.py  gcs.py  azure.py    buckets and containers; s3_session.py and gcs_session.py have
                     their connections, s3_answers.py what S3's errors mean
    filesystem.py    from a URL to the backend for it
    fsspec_files.py  all other file systems that fsspec knows; by fsspec_calls.py,
                     fsspec_drivers.py, fsspec_entries.py
    ftp.py  sftp.py  webdav.py    what these lack in fsspec; transfers.py is FTP's and SFTP's

What the remote ones share:

    remote.py        the interface, for all with a driver
    place.py         what a driver's backend has to say, and a call: attempts, deadline, error
    connection.py    a driver that is built when it is needed, and closed when it is not used
    options.py       what a configuration hands to a driver as it is
    retry.py         the one retry policy and the one deadline
    translate.py     what kind of failure an exception is; failures.py: what it is called
    stream.py        a blob as a file for reading
    io_loop.py       the event loop on a thread; worker.py: blocking calls off it
    files.py         the caller's own files
"""
