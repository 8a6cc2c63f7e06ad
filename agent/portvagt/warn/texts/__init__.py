"""One module a language, a table to fill in: TEXT, KINDS, STEPS and FORMS have the same keys in each.

plural(number) is the index of the form that a number takes in FORMS, as in Unicode's plural rules (CLDR): Danish has
two, Polish three, Arabic six. Words in {braces} stay as they are, in whatever order the language wants.
"""
