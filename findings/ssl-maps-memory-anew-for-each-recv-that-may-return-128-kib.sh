#!/usr/bin/env bash
# Python 3.11.7 and 3.13.0 (ssl, on Linux with glibc): where SSLSocket.recv may return 128 KiB or more, each
# call maps memory anew, and costs three times as much.
#
# Expected: a larger size costs no more, as for a plain socket: recv(262144) returns what one record of TLS holds, 16 KiB,
#           and so does recv(65536).
# Seen:     recv sets the whole size aside, gives all but 16 KiB of it back, and has the system map what is left anew by
#           the next call, since glibc never learns that such sizes come often: its threshold follows what is freed. Of
#           large downloads that is most of the time. recv_into, and sizes below the threshold, are not concerned.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install trustme==1.2.1

expect <<'OUT'
recv(65536): 16384 bytes at most, less than one new page for each call
recv(262144): 16384 bytes at most, several new pages for each call
recv_into of 262144: 16384 bytes at most, less than one new page for each call
OUT

run <<'PY'
import resource
import socket
import ssl
import threading

import trustme

SIZE = 32 << 20
authority = trustme.CA()
serving, asking = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
authority.issue_cert("localhost").configure_cert(serving)
authority.configure_trust(asking)


def serve(sock):
    with serving.wrap_socket(sock, server_side=True) as secure:
        secure.sendall(bytes(SIZE))


def measure(name, receive):
    ours, theirs = socket.socketpair()
    threading.Thread(target=serve, args=(theirs,), daemon=True).start()
    with asking.wrap_socket(ours, server_hostname="localhost") as secure:
        count = calls = most = 0
        before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
        while count < SIZE:
            came = receive(secure)
            count, calls, most = count + came, calls + 1, max(most, came)
        pages = (resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before) / calls
    kind = "less than one new page" if pages < 1 else "several new pages"
    print(f"{name}: {most} bytes at most, {kind} for each call")


measure("recv(65536)", lambda sock: len(sock.recv(65536)))
measure("recv(262144)", lambda sock: len(sock.recv(262144)))
buffer = memoryview(bytearray(262144))
measure("recv_into of 262144", lambda sock: sock.recv_into(buffer))
PY
