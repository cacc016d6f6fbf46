"""What a blob looks like, worked out apart from drawing. All of it blocks: call it in threads.

choosing.py        the way in: by the suffix of a name, else by content; formats.py: which there are
source.py          what is read of a blob for that, and how little
look.py            forms of a blob as lines that can be drawn: text, bytes; grid.py: tables
json_text.py       JSON; csv_table.py: CSV; text.py: any other text
npy.py             NumPy's arrays; npy_header.py: their headers
pickles.py         pickles; tar_members.py: flow code
parquet.py         Parquet; parquet_reader.py: the process that reads it
images.py          pictures; image_header.py: how large they are
unpacking.py       gzip and zstd
"""
