"""The building blocks of screens; the only place that uses Textual's private names.

app.py         the parts of the app that have nothing to do with storage
screen.py      what all screens have in common; dialog.py: a small screen over another
routes.py      what screens can open, by name
ask.py         questions: a choice, a name; ask.tcss: their styles
commands.py    declares commands: bindings, footer, help and palette are made from them
explain.py     a widget's own explanation of what it is for
keymap.py      `[app.keys]` of the configuration file
jump.py        a letter over everything that can be gone to; jump.tcss: its styles
keys.py        queues keys, so that each goes to where the one before it has led
bars.py        the title bar and the bar of keys
busy.py        says what is being done if that takes longer than a moment
table/         a table that draws only the rows on screen; columns.py: how wide they are
grid/          a table with a cursor on a cell, which scrolls both ways
filter.py      the line above a list in which the filter is typed
pager.py       lines that scroll; sheet.py: a few lines, made only when they are drawn
menu.py        lists that open below a field; choices.py: some values on a line; options.py: lists
               that page keys may reach before they are drawn
line_input.py  one line of text; secret.py: what is masked while it is typed
pasted.py      checks what a field takes of a paste
toggles.py     radio buttons and checkboxes
swatches.py    the chip of a type, the colours of a theme
theme.py       our colours; app.tcss: the styles of all this; more.tcss: those that the first frame
               does not need
legible.py     makes text readable in every theme
text.py        text cut and wrapped by terminal cells
terminal.py    signals, and a terminal that goes away; clipboard.py: what is copied in it
preload.py     reads the styles of screens before they are opened
steps.py       opens a screen in several callbacks; restyle.py: does so with a change of theme
workers.py     starts workers, coroutines that belong to a widget; says whether that is left
"""
