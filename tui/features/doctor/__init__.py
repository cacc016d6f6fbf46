"""What would be used on this machine, and why.

screen.py    the findings as they come, in groups; screen.tcss: its styles
lines.py     how they are drawn
commands.py  its commands
"""
