"""Every document that leaves the building; nothing is computed here.

A document has its words (`*_words`, `*_text`), its page (`*_page`, `templates/`), its workbook (`*_workbook`) and its
pictures (`*_pictures`, drawn with `svg_parts`).
"""
