"""What every storage type promises, as test cases that a type inherits; needs pytest.

A package tests its own type by inheriting them:

    class TestTapeStorage(StoreCases):
        @pytest.fixture
        def configuration(self, tmp_path):
            return TapeStorage(device=str(tmp_path / "tape"))

`StoreCases` has the cases for all types. `RemoteCases` adds those for types that are reached over a
network, `CredentialCases` those for servers that check credentials, `PlaceCases` those for a bucket
that has to exist; each needs one more fixture. `BackendCases` has the cases for any path below a
location. The others include it; alone it is for a backend without a type.
"""

from storage_core.testing.backends import BackendCases
from storage_core.testing.credentials import CredentialCases
from storage_core.testing.places import PlaceCases
from storage_core.testing.remote import RemoteCases
from storage_core.testing.stores import StoreCases

__all__ = ["BackendCases", "CredentialCases", "PlaceCases", "RemoteCases", "StoreCases"]
