#!/usr/bin/env bash
# pandas 3.1.1, pyarrow 26.0.1: to_parquet loses the categories of a frame without rows, and that they are text.
#
# Expected: a frame comes back with its dtypes, as one with rows does: the categories are in the file's own schema.
# Seen:     categories ["low", "high"] of dtype str come back as none, of dtype object, where there is no row (so a filter
#           that finds nothing gives another dtype than one that finds something); with one row they all come back, the
#           ones that no row has too.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install pandas==3.1.1 pyarrow==26.0.1 numpy==2.4.6

expect <<'OUT'
1 row:  ['low', 'high'] of str
0 rows: [] of object
OUT

run <<'PY'
import io

import pandas as pd

frame = pd.DataFrame({"level": pd.Categorical(["low"], ["low", "high"])})
for rows in (1, 0):
    file = io.BytesIO()
    frame[:rows].to_parquet(file)
    categories = pd.read_parquet(file).level.cat.categories
    print(f"{rows} {'row: ' if rows else 'rows:'} {categories.tolist()} of {categories.dtype}")
PY
