"""Pictures of the pages: python -m tests.browsers.screens DIRECTORY [PAGE…]; without pages, those in docs/screens.

With PYTHONPATH=agent:. in the project's directory. A file is called PAGE-LANGUAGE[-VIEW].png.
"""

import io
import sys
from pathlib import Path

from PIL import Image
from tests.browsers.chromium import VIEWS, browser, tab
from tests.warn.cases import GALLERY, document

from portvagt.warn.language import LANGUAGES

COLOURS = 16  # of the palette: text on two or three plain colours needs no more
# page: views, of what the documents show
SHOWN = {
    "stopped": ("light", "dark", "portal-window"),
    "stopped-other": ("light",),
    "garden": ("light",),
    "released": ("light",),
    "mail-server-sent": ("light",),
    "clear": ("light",),
    "prevention": ("light",),
    "mail": ("light",),
}


def picture(page, name, language):
    """A whole page as bytes of a PNG with a small palette."""
    page.set_content(document(name, language))
    shot = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    reduced = io.BytesIO()
    shot.quantize(COLOURS, dither=Image.Dither.NONE).save(reduced, "PNG", optimize=True)
    return reduced.getvalue()


def main(directory, *names):
    """Write the pictures: of `names` in every view, or those of the documents."""
    wanted = dict.fromkeys(names, tuple(VIEWS)) or SHOWN
    Path(directory).mkdir(parents=True, exist_ok=True)
    with browser() as started:
        for view in VIEWS:
            with tab(started, view) as page:
                for name in [name for name in wanted if view in wanted[name]]:
                    for language in LANGUAGES:
                        end = "" if view == "light" else "-" + view
                        path = Path(directory, f"{name}-{language}{end}.png")
                        path.write_bytes(picture(page, name, language))


if __name__ == "__main__":
    unknown = set(sys.argv[2:]) - set(GALLERY)
    if len(sys.argv) < 2 or unknown:
        sys.exit(f"{__doc__}\nPages: {', '.join(GALLERY)}")
    main(*sys.argv[1:])
