"""HTTP/1.1 over pooled connections, each step of which ends at the deadline of its call.

A reader of our own, because those there are cost more than all the rest of a request. Put and get
of 1 KiB on a local rclone take 0.42 ms of processor time by urllib3, 0.26 by http.client, of which
most is its parser of e-mails for the headers, and 0.15 by this. To import them takes 47, 14 and
5 ms beyond what the policy has loaded; of the 5, 3 are `socket` (Python 3.11).
"""

from storage_core.backends.drivers.direct.transport.answer import LONGEST, SHORT, Answer, TooLong
from storage_core.backends.drivers.direct.transport.asking import ask
from storage_core.backends.drivers.direct.transport.request import Body
from storage_core.backends.drivers.direct.transport.transport import Transport

__all__ = ["LONGEST", "SHORT", "Answer", "Body", "TooLong", "Transport", "ask"]
