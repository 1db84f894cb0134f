"""
The PDF reader: from the operators of a content stream to pages in reading order. Start at `reader.py`.

Each module knows only those above it:

| step | modules | what it hands on |
|---|---|---|
| what is drawn | `marks` (values), `fonts`, `state`, `words`, `stream` | words with exact places, ruling lines, fills |
| the file | `recovery`, `file` (pypdf: passwords, damage, page tree, labels) | the marks of one page |
| what is seen | `sight`, `turn` | hidden words told apart, turned pages upright |
| lines and columns | `lines`, `strips`, `columns` | the lines of each column, in reading order |
| tables, boxes | `grid`, `tables`, `aligned`, `unruled`, `boxes`, `draft` | columns with tables and boxes in place |
| the document | `furniture`, `notes`, `paragraphs`, `pieces` | headers and folios out; paragraphs, headings, rows |
| the verdict | `damage`, `reader` | pages, readable or not, and what was done to get them |
"""
