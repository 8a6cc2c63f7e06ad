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
# what the documents show: file name: (page of the gallery, views). A stopped device is at the gate, as by default.
SHOWN = {
    "stopped": ("gate", ("light", "dark", "portal-window")),
    "stopped-other": ("gate-other", ("light",)),
    **{name: (name, ("light",)) for name in ("garden", "released", "mail-server-sent", "clear", "prevention", "mail")},
}
SHOWN_LANGUAGES = ("da", "en")


def picture(page, name, language):
    """A whole page as bytes of a PNG with a small palette."""
    page.set_content(document(name, language))
    shot = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    reduced = io.BytesIO()
    shot.quantize(COLOURS, dither=Image.Dither.NONE).save(reduced, "PNG", optimize=True)
    return reduced.getvalue()


def main(directory, *names):
    """Write the pictures: of `names` in every view and language, or those of the documents."""
    wanted = {name: (name, tuple(VIEWS)) for name in names} or SHOWN
    languages = LANGUAGES if names else SHOWN_LANGUAGES
    Path(directory).mkdir(parents=True, exist_ok=True)
    with browser() as started:
        for view in VIEWS:
            with tab(started, view) as page:
                for name, (shown, views) in wanted.items():
                    for language in languages if view in views else ():
                        end = "" if view == "light" else "-" + view
                        path = Path(directory, f"{name}-{language}{end}.png")
                        path.write_bytes(picture(page, shown, language))


if __name__ == "__main__":
    unknown = set(sys.argv[2:]) - set(GALLERY)
    if len(sys.argv) < 2 or unknown:
        sys.exit(f"{__doc__}\nPages: {', '.join(GALLERY)}")
    main(*sys.argv[1:])
