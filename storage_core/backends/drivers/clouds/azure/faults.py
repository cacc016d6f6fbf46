"""Which kind of failure each of Azure's error codes stands for."""

from __future__ import annotations

from typing import Final

from storage_core.backends.remote.faults import Fault, causes, classify

_FAULTS: Final = {
    "BlobNotFound": Fault.BLOB_MISSING,
    "ContainerNotFound": Fault.PLACE_MISSING,
    "ContainerBeingDeleted": Fault.PLACE_MISSING,
    "BlobAlreadyExists": Fault.TAKEN,
    "ConditionNotMet": Fault.TAKEN,
    "InvalidAuthenticationInfo": Fault.DENIED,
    "InvalidResourceName": Fault.MISCONFIGURED,
    "OutOfRangeInput": Fault.MISCONFIGURED,
}


def fault_of(error: BaseException) -> Fault:
    """The kind of failure, by the error code of the answer if there is one."""
    for each in causes(error):
        code = getattr(each, "error_code", None)
        if code:
            code = str(getattr(code, "value", code))
            if code in _FAULTS:
                return _FAULTS[code]
    return classify(error)
