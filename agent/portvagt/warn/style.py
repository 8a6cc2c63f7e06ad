"""The pages' one style sheet, and the Content-Security-Policy that lets it in and nothing else."""

import binascii
import hashlib
from collections import namedtuple

from portvagt.warn import colour as colours

# css: the text in <style>; policy: the header for a page with it
Sheet = namedtuple("Sheet", ("css", "policy"))

ACCENT, ON_ACCENT = "#0b5a4d", "#ffffff"
DARK_ACCENT = "#7fd6c0"
BACK, DARK_BACK, DARK_CARD = "#f1f4f3", "#101716", "#1a2422"

# Colours have a contrast of at least 4.5 to 1 in both schemes (WCAG 2.2, 1.4.3). Sides are start and end, not left and
# right, so that Arabic needs no rules of its own. 52rem: the window that macOS opens for a captive portal has 900 px.
_CSS = """
:root{color-scheme:light dark;--back:#f1f4f3;--card:#ffffff;--text:#16211f;--soft:#4a5a53;--line:#d3ddd9;
--deep:#0b5a4d;--on-deep:#ffffff}
@media (prefers-color-scheme:dark){header img{padding:.2rem;border-radius:.4rem;background:#fff}
:root{--back:#101716;--card:#1a2422;--text:#e8efec;--soft:#a9bbb4;--line:#33423c;
--deep:#7fd6c0;--on-deep:#101716}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:1.0625rem/1.5 system-ui,sans-serif;overflow-wrap:break-word}
header,main,footer{max-width:36rem;margin:0 auto;padding:0 1.15rem}
header{display:flex;flex-wrap:wrap;gap:0 1rem;justify-content:space-between;align-items:center;min-height:3.4rem;
color:var(--soft);font-size:.95rem}
header p{margin:0;font-weight:600}
header nav{margin-inline-start:auto}
header img{display:block;height:2rem;max-width:11rem}
summary{display:flex;gap:.4rem;align-items:center;padding:.3rem .5rem;margin-inline-end:-.5rem;border-radius:.5rem;
list-style:none;cursor:pointer}
summary::-webkit-details-marker{display:none}
summary::after{content:"";width:.4rem;height:.4rem;border:solid;border-width:0 2px 2px 0;transform:rotate(45deg);
margin:0 .15rem .15rem}
summary svg{width:1.1rem;height:1.1rem;fill:none;stroke:currentColor;stroke-width:1.5}
details{position:relative}
details ul{position:absolute;z-index:1;inset-inline-end:-.5rem;width:max-content;max-width:90vw;margin:.3rem 0 0;
padding:.35rem;columns:2 6.5rem;column-gap:.2rem;background:var(--card);border:1px solid var(--line);
border-radius:.75rem;box-shadow:0 .4rem 1.5rem #0003;list-style:none}
details li:only-child{column-span:all}
details a{display:block;padding:.35rem .8rem;break-inside:avoid}
h1{font-size:1.65rem;line-height:1.2;letter-spacing:-.015em;margin:.5rem 0;text-wrap:balance}
h2{font-size:1.1rem;line-height:1.3;margin:0 0 .4rem}
h3{font-size:1rem;margin:1rem 0 .4rem}
p{margin:.35rem 0}
section{margin-top:1.4rem}
.lead{font-size:1.12rem;margin-bottom:1rem;text-wrap:pretty}
dl,.steps{margin:0;padding:0;background:var(--card);border:1px solid var(--line);border-radius:.85rem}
dl div{padding:.6rem 1rem}
dt{color:var(--soft);font-size:.9rem}
dd{margin:0}
.steps{list-style:none;counter-reset:step}
.steps li{position:relative;padding:.65rem 1rem;padding-inline-start:3.5rem;counter-increment:step}
.steps li::before{content:counter(step);position:absolute;inset-inline-start:1rem;top:.75rem;width:1.7rem;
height:1.7rem;border-radius:50%;background:var(--deep);color:var(--on-deep);font-weight:700;line-height:1.7rem;
text-align:center}
dl div+div,.steps li+li{border-top:1px solid var(--line)}
.steps b{display:block}
a{color:var(--deep);text-underline-offset:.15em}
.kinds,.links{list-style:none;margin:.4rem 0 0;padding:0}
.kinds{display:flex;flex-wrap:wrap;gap:.45rem}
.kinds a{display:block;padding:.3rem .8rem;border:1px solid var(--line);border-radius:2rem;background:var(--card);
text-decoration:none}
.kinds [aria-current]{border-color:var(--deep);box-shadow:inset 0 0 0 1px var(--deep);font-weight:600}
.links a,footer a{display:inline-block;max-width:100%;padding:.25rem 0}
.number{font-size:1.9rem;font-weight:700;letter-spacing:.06em;margin:.6rem 0}
button,.button{display:block;width:100%;margin:1.1rem 0 0;padding:.8rem 1.2rem;border:2px solid transparent;
border-radius:.85rem;background:var(--deep);color:var(--on-deep);font:inherit;font-weight:700;text-align:center;
text-decoration:none;cursor:pointer}
button:hover,.button:hover{filter:brightness(1.12)}
:focus-visible{outline:3px solid var(--deep);outline-offset:3px}
footer{margin-top:2rem;padding-bottom:2rem}
footer ul{display:flex;flex-wrap:wrap;gap:.2rem 1.5rem;margin:0;padding:.9rem 0 0;border-top:1px solid var(--line);
list-style:none}
@media (min-width:52rem){
header,main,footer{max-width:58rem}
h1{font-size:1.9rem}
.first{display:flex;gap:1.4rem}
.about{flex:5 1 0}
.todo{flex:6 1 0;max-width:36rem}
.about+.todo{max-width:none}
.about+.todo>.three{margin-top:0}
.about+.todo>.three>h2{position:absolute;clip-path:inset(50%)}
.rest{display:grid;grid-template-columns:1fr 1fr;gap:0 2.5rem}
.rest>:only-child{grid-column:span 2;max-width:36rem}
}
@media (forced-colors:active){.steps li::before,.button{border:1px solid}.steps li::before{line-height:1.6rem}}
@media print{:root{--back:#fff;--card:#fff;--text:#000;--soft:#000;--line:#999}body{font-size:11pt}
header nav,footer,form,.button,.kinds,.links,.screen{display:none}
.steps li::before{background:none;color:inherit;border:1px solid}section,li,dl{break-inside:avoid}}
"""


def sheet(accent: str = "") -> Sheet:
    """The style sheet with a provider's colour, or ours. `accent`: #rrggbb that `problem` has nothing against."""
    css = _CSS
    if accent:
        css = css.replace(ACCENT, accent).replace(DARK_ACCENT, colours.tint(accent, DARK_CARD))
    return Sheet(css, _policy(css))


def problem(accent: str) -> str:
    """Why a colour can't be that of links and buttons; "" when it can."""
    ratio = colours.contrast(accent, BACK)
    if ratio >= colours.NEEDED:
        return ""
    return (
        "has a contrast of {:.1f} to 1 with the page; {} to 1 is needed (WCAG 2.2, 1.4.3): choose a darker one".format(
            int(ratio * 10) / 10, colours.NEEDED
        )
    )


def _policy(css: str) -> str:
    """Content Security Policy, Level 3: the style sheet by its hash, pictures in the page itself, our own buttons."""
    digest = binascii.b2a_base64(hashlib.sha256(css.encode()).digest()).decode().strip()
    return (
        "default-src 'none'; style-src 'sha256-{}'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ).format(digest)
