#!/usr/bin/env bash
# pyarrow 26.0.1: of a Parquet file with 1.0, 1.0 and NaN, the filter `is_nan` finds no row, nor does `x != 1`.
#
# Expected: a filter finds what it finds in the same table in memory: one row. Parquet's format leaves NaN out of the smallest
#           and largest value of a row group, and says that neither counts where NaN is looked for.
# Seen:     where the two are one number, all rows are taken to have it: every filter that NaN passes and that number does
#           not leaves the row group out, and count_rows answers 0. With another number in the row group `is_nan` finds its
#           row, so that the answer depends on how rows were grouped; `not x < 5` loses it there too. pandas'
#           read_parquet(filters=…) is the same: of measurements that are 0 or NaN, NaN is never found.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install pyarrow==26.0.1 pandas==3.1.1

expect <<'OUT'
[1.0, 1.0, nan], from 1.0 to 1.0
  is_nan(x): 1 0 0 0
  x != 1: 1 0 0 0
  not x < 5: 1 0 0 0
  pandas, x != 1: 0
[1.0, 2.0, nan], from 1.0 to 2.0
  is_nan(x): 1 1 1 1
  x != 1: 2 2 2 2
  not x < 5: 1 0 0 0
  pandas, x != 1: 2
OUT

run <<'PY'
import pandas
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

NAN = float("nan")
X = pc.field("x")
FILTERS = {"is_nan(x)": pc.is_nan(X), "x != 1": X != 1, "not x < 5": ~(X < 5)}
for numbers in ([1.0, 1.0, NAN], [1.0, 2.0, NAN]):
    table = pa.table({"x": numbers})
    pq.write_table(table, "x.parquet")
    statistics = pq.read_metadata("x.parquet").row_group(0).column(0).statistics
    print(f"{numbers}, from {statistics.min} to {statistics.max}")
    data = ds.dataset("x.parquet")
    for title, only in FILTERS.items():
        found = (table.filter(only), data.to_table(filter=only), pq.read_table("x.parquet", filters=only))
        print(f"  {title}:", *map(len, found), data.count_rows(filter=only))
    print("  pandas, x != 1:", len(pandas.read_parquet("x.parquet", filters=[("x", "!=", 1)])))
PY
