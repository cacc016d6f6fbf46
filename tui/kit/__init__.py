"""What screens are made of; the only place that reaches into Textual.

screen.py      full screens and dialogs
ask.py         questions: a choice, a name
commands.py    every command, declared once: bindings, footer, help and palette come from it
keymap.py      `[app.keys]` of the configuration file
keys.py        keys, each given to where the one before it has led
tasks.py       what a command does when it takes more than a moment
preload.py     what the first key would otherwise wait for
restyle.py     another theme, a step at a time
backdrop.py    the screen below a dialog, dimmed
bars.py        the line above says where one is, the line below what one can do
table.py       a table that draws only the rows on screen; columns.py: how wide they are
filter.py      the line above a list in which one types what to look for
pager.py       lines that scroll
menu.py        lists that open below a field
line_input.py  one line of text; secret.py: what is masked while it is typed
theme.py       our colours; text.py: text fit for drawing
"""
