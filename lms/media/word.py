"""Word files as HTML: headings, lists, tables, links and pictures; no looks. mammoth reads, the caller cleans."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lms.media.converting import Found

STYLES = """
p[style-name='标题'] => h1:fresh
p[style-name='标题 1'] => h1:fresh
p[style-name='标题 2'] => h2:fresh
p[style-name='标题 3'] => h3:fresh
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='副标题'] => p:fresh
"""


def read_word(path: Path) -> Found:
    """The text of a .docx with its pictures. External files are never opened, styles of the file's own never used."""
    import mammoth

    found = Found()

    def picture(image: Any) -> dict[str, str]:
        try:
            with image.open() as stream:
                return found.add_picture(stream.read(), image.alt_text or "")
        except Exception:  # a picture that lies elsewhere or nowhere; the text around it stays
            found.left_out += 1
            return {}

    with open(path, "rb") as file:
        result = mammoth.convert_to_html(
            file,
            style_map=STYLES,
            include_embedded_style_map=False,
            convert_image=mammoth.images.img_element(picture),
            external_file_access=False,
        )
    found.html = result.value
    return found
