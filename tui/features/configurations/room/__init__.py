"""The room: panes below the list with what is known of the configuration under the cursor.

room.py     the panes, one beside the other; room.tcss: their styles
tests.py    how its last tests ended, step by step and one by one
blobs.py    its newest blobs, as they were listed last
keeping.py  where its secrets are kept, and which file it is in
"""
