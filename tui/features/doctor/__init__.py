"""What would be used on this machine, and why.

screen.py    the findings in groups, shown as they come; screen.tcss: its styles
lines.py     draws the findings
commands.py  its commands
"""
