"""HTTP/1.1 over pooled connections, each step of which ends at the deadline of its call.

It has a reader of its own, because existing ones cost more than all the rest of a request. Put and
get of 1 KiB on a local rclone take 0.42 ms of processor time with urllib3, 0.26 with http.client,
most of it for the e-mail parser that reads the headers, and 0.15 with this. Importing them takes
47, 14 and 5 ms beyond what the policy has loaded; of the 5, 3 are `socket` (Python 3.11).
"""

from storage_core.backends.drivers.direct.transport.answer import LONGEST, SHORT, Answer, TooLong
from storage_core.backends.drivers.direct.transport.asking import ask
from storage_core.backends.drivers.direct.transport.request import Body
from storage_core.backends.drivers.direct.transport.transport import Transport

__all__ = ["LONGEST", "SHORT", "Answer", "Body", "TooLong", "Transport", "ask"]
