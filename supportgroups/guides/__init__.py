"""Guides that everybody may read, and the help lines of each country.

Both are text files beside this module, read once when the program starts, so a page of this
slice needs no database and works when little else does.
"""
