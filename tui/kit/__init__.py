"""What screens are made of; the only place that reaches into Textual.

app.py         the app, as far as it has nothing to do with storage
screen.py      what all screens have in common; dialog.py: a small one over another
routes.py      what screens can open, by name
ask.py         questions: a choice, a name; ask.tcss: their styles
commands.py    what a person can do on a screen: bindings, footer, help and palette come from it
explain.py     what a widget is for, in its own words
keymap.py      `[app.keys]` of the configuration file
jump.py        a letter over everything that one can go to; jump.tcss: its looks
keys.py        keys, each given to where the one before it has led
bars.py        the line above says where one is, the line below what one can do
busy.py        says what is being done when that takes longer than a moment
table/         a table that draws only the rows on screen; columns.py: how wide they are
grid/          one with a cursor on a cell, which scrolls both ways
filter.py      the line above a list in which one types what to look for
pager.py       lines that scroll; sheet.py: a few, made when they are looked at
menu.py        lists that open below a field; choices.py: some values on a line
line_input.py  one line of text; secret.py: what is masked while it is typed
pasted.py      what a field takes of a paste
toggles.py     radio buttons and checkboxes
swatches.py    the chip of a type, the colours of a theme
theme.py       our colours; app.tcss: styles of all this
               more.tcss: those that the first frame needs nothing of
legible.py     text that can be read in every theme
text.py        text cut and wrapped by terminal cells
terminal.py    signals, and a terminal that goes away; clipboard.py: what is copied in it
preload.py     the styles of screens, read before they are opened
steps.py       opening a screen in several callbacks; restyle.py: another theme
"""
