"""Imports configurations of other tools: they are found, chosen, named and written in one step.

screen.py     what was found, with check boxes; screen.tcss: its styles
table.py      how its rows are drawn; about.py: everything about one of them
finding.py    the line that says which tools have been looked at
elsewhere.py  asks for a file in an unusual place, and looks into it; elsewhere.tcss: its styles
asking.py     asks for what a tool does not say, such as the bucket
commands.py   the commands, declared
"""
