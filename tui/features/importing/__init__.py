"""Configurations of other tools as one's own: found, chosen, named, written in one step.

screen.py     what was found, with check boxes; screen.tcss: its styles
table.py      how its rows are drawn; about.py: everything about one of them
finding.py    the line that says what has been looked for
elsewhere.py  asks for a file in no usual place, and looks into it; elsewhere.tcss: its styles
asking.py     the questions: bucket, name, default
commands.py   what can be done
"""
