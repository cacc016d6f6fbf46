"""Figure 5, all cases in one go: links, read-only places, permissions.

The cases are those of `tests/config/test_replace.py` and `test_replace_permissions.py`, which the
default suite runs one by one.
"""

from __future__ import annotations

from itertools import count, product
from pathlib import Path

import pytest

from tests.children import shared_folder
from tests.config import test_replace as saving
from tests.config import test_replace_permissions as permissions
from tests.config.rewriting import rewrite
from tests.figures import Figure


@pytest.mark.reliability
def test_figure_5_links_read_only_places_and_permissions(tmp_path: Path, figure: Figure) -> None:
    numbers = count()

    def fresh() -> Path:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        return folder

    modes = (0o600, 0o640, 0o644, 0o660, 0o664, 0o666, 0o700, 0o750)
    masks = (0o000, 0o022, 0o077, 0o777)
    for kept, mask in product(modes, masks):
        path = fresh() / "storage.toml"
        path.write_text(saving.OLD)
        saving.test_permissions_of_the_file_are_kept(path, kept, mask)
    saving.test_a_new_file_and_its_folders_are_for_the_owner_only_under_any_umask(fresh())
    saving.test_a_new_file_can_be_read_by_its_owner_under_the_strictest_umask(fresh())
    for form in ("absolute", "relative", "dangling", "folder"):
        saving.test_symbolic_links_stay_links(fresh(), form)
    saving.test_links_in_a_circle_are_refused(fresh())
    refused = (
        lambda folder: permissions.test_a_read_only_folder_reads_fine_and_refuses_a_save(
            folder, has_lock=False
        ),
        lambda folder: permissions.test_a_read_only_folder_reads_fine_and_refuses_a_save(
            folder, has_lock=True
        ),
        permissions.test_a_mounted_kubernetes_secret_reads_fine_and_refuses_a_save,
        permissions.test_a_folder_that_cannot_be_made_is_named,
        permissions.test_a_read_only_file_is_refused,
    )
    rewrite(str(fresh() / "warm.toml"), saving.set_default)
    for case in refused:
        with shared_folder() as folder:
            case(folder)
    figure(
        5,
        f"{len(modes) * len(masks)} modes and umasks, 5 kinds of links, {len(refused)} read-only "
        "places without root",
        "0 files wider, new ones 0600; links kept; refused in one line, 0 bytes changed",
    )
