"""What do you ask yourself? Offline pages that need no simulation, for a person and for a programme.

A page is one HTML file: it asks for nothing over a network, stores nothing, and holds its style and its script inside
itself. Without scripts it is a form to print. All words are data: English texts stand in ``data/ask`` and in the
templates, other languages in catalogues beside them.

page: one self-contained page, and the rule that lets nothing in or out
language: catalogues of texts, English to another language
person/: a guide for one person, alone or with a helper
programme/: a programme looks at itself, by three people who seal their answers and open them together
scripts/: plain JavaScript, put into the pages as it stands
templates/: the pages
"""
