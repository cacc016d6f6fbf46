#!/usr/bin/env bash
# kedro 1.7.0: of a URL whose protocol is not on its list, a dataset drops the host: memory://one/x and memory://two/x are one.
#
# Expected: the file system gets the whole path, as `fsspec.open` of the same URL does: two places, two files.
# Seen:     the part behind `://` counts as a bucket for a fixed list of clouds only; for any other protocol that fsspec
#           has, memory:// and those of other packages, the datasets read and write the path without it. The second
#           dataset overwrites the first, and both then load the same, without a word.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install kedro==1.7.0 kedro-datasets==9.6.0 fsspec==2026.9.0

expect <<'OUT'
fsspec: one two
kedro: two two
OUT

run <<'PY'
import fsspec
from kedro_datasets.text import TextDataset

URLS = {name: f"memory://{name}/x.txt" for name in ("one", "two")}
for name, url in URLS.items():
    with fsspec.open(url, "w") as file:
        file.write(name)
print("fsspec:", *(fsspec.open(url, "r").open().read() for url in URLS.values()))

for name, url in URLS.items():
    TextDataset(filepath=url).save(name)
print("kedro:", *(TextDataset(filepath=url).load() for url in URLS.values()))
PY
