"""What every storage type promises, as test cases that a type inherits; needs pytest.

A package with a type of its own proves it so:

    class TestTapeStorage(StoreCases):
        @pytest.fixture
        def configuration(self, tmp_path):
            return TapeStorage(device=str(tmp_path / "tape"))

`StoreCases` has what holds for all. `RemoteCases` adds what holds where the network is in the way,
`CredentialCases` where somebody refuses credentials, `PlaceCases` where a bucket has to exist, each
with a fixture more. `BackendCases` has what holds for any path below a location; it is a part of
the others, and stands alone for a backend without a type.
"""

from storage_core.testing.backends import BackendCases
from storage_core.testing.credentials import CredentialCases
from storage_core.testing.places import PlaceCases
from storage_core.testing.remote import RemoteCases
from storage_core.testing.stores import StoreCases

__all__ = ["BackendCases", "CredentialCases", "PlaceCases", "RemoteCases", "StoreCases"]
