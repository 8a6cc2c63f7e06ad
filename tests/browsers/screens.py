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
WHOLE = ("da", "en")  # languages of which the documents show all that; of others the first screen of the first page
REST_BEGINS = "() => document.querySelector('.rest').getBoundingClientRect().top"


def picture(page, name, language, whole=True):
    """A page, or only its first screen, as bytes of a PNG with a small palette."""
    page.set_content(document(name, language))
    shot = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    if not whole:
        shot = shot.crop((0, 0, shot.width, int(page.evaluate(REST_BEGINS))))
    reduced = io.BytesIO()
    shot.quantize(COLOURS, dither=Image.Dither.NONE).save(reduced, "PNG", optimize=True)
    return reduced.getvalue()


def main(directory, *names):
    """Write the pictures: of `names` in every view and language, or those of the documents."""
    wanted = {name: (name, tuple(VIEWS)) for name in names} or SHOWN
    Path(directory).mkdir(parents=True, exist_ok=True)
    with browser() as started:
        for view in VIEWS:
            with tab(started, view) as page:
                for name, (shown, views) in wanted.items():
                    for language in LANGUAGES if view in views else ():
                        whole = bool(names) or language in WHOLE
                        if whole or (name, view) == ("stopped", "light"):
                            end = "" if view == "light" else "-" + view
                            path = Path(directory, f"{name}-{language}{end}.png")
                            path.write_bytes(picture(page, shown, language, whole))


if __name__ == "__main__":
    unknown = set(sys.argv[2:]) - set(GALLERY)
    if len(sys.argv) < 2 or unknown:
        sys.exit(f"{__doc__}\nPages: {', '.join(GALLERY)}")
    main(*sys.argv[1:])
