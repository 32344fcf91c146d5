"""Guides that everybody may read, and the help lines of each country.

Both are text files beside this module, read once when the program starts. Help now and the strip of
help lines need no database, so they work when little else does.
"""
