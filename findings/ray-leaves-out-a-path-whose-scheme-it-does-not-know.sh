#!/usr/bin/env bash
# ray 2.60.0: Ray Data reads a list of paths without one whose scheme it does not know.
#
# Expected: an error that names the path, as `read_parquet` with this path alone raises one.
# Seen:     the rest is read, wherever in the list it stands; a warning in the log is all that tells.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install "ray[data]==2.60.0" pandas==3.1.1 pyarrow==26.0.1

expect <<'OUT'
alone: ValueError
first of two: ['one']
second of two: ['one']
OUT

run <<'PY'
import logging
import os
import tempfile

folder = tempfile.mkdtemp(dir="/tmp")
os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled"}
import pandas as pd
import ray

ray.init(
    num_cpus=2,
    include_dashboard=False,
    object_store_memory=100 * 2**20,
    log_to_driver=False,
    _node_ip_address="127.0.0.1",
    _temp_dir=folder,
)
for logger in ("ray", "ray.data"):
    logging.getLogger(logger).setLevel("CRITICAL")
ray.data.DataContext.get_current().enable_progress_bars = False

known, unknown = f"{folder}/one.parquet", f"nosuch://{folder}/two.parquet"
for name in ("one", "two"):
    pd.DataFrame({"x": [name]}).to_parquet(f"{folder}/{name}.parquet")

try:
    ray.data.read_parquet(unknown)
except Exception as error:
    print("alone:", type(error).__name__)
print("first of two:", ray.data.read_parquet([unknown, known]).to_pandas().x.tolist())
print("second of two:", ray.data.read_parquet([known, unknown]).to_pandas().x.tolist())
ray.shutdown()
__import__("shutil").rmtree(folder)
PY
