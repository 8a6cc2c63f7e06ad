"""The pages' one style sheet, and the Content-Security-Policy that lets it in and nothing else."""

import binascii
import hashlib

# Colours have a contrast of at least 4.5 to 1 in both schemes (WCAG 2.2, 1.4.3).
CSS = """
:root{color-scheme:light dark;--back:#eef3f1;--card:#ffffff;--text:#16211f;--soft:#47574f;--line:#c9d6d1;
--deep:#0b5a4d;--on-deep:#ffffff}
@media (prefers-color-scheme:dark){:root{--back:#101716;--card:#1a2422;--text:#e8efec;--soft:#a9bbb4;--line:#36463f;
--deep:#7fd6c0;--on-deep:#04211a}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:1.0625rem/1.5 system-ui,sans-serif;overflow-wrap:break-word}
header,main{max-width:38rem;margin:0 auto;padding:.9rem 1.15rem}
header{display:flex;gap:1rem;justify-content:space-between;color:var(--soft);font-size:.95rem;padding-bottom:0}
header p,nav{margin:0}
main{padding-top:.5rem;padding-bottom:2.5rem}
h1{font-size:1.7rem;line-height:1.2;letter-spacing:-.01em;margin:.6rem 0 .5rem;text-wrap:balance}
h2{font-size:1.15rem;line-height:1.3;margin:1.5rem 0 .4rem}
p{margin:.4rem 0}
.lead{font-size:1.15rem;margin-bottom:1rem}
dl,.steps{margin:.5rem 0;padding:0;background:var(--card);border:1px solid var(--line);border-radius:.75rem}
dl div{display:flex;gap:.75rem;padding:.6rem .9rem}
dt{flex:0 0 4.2rem;color:var(--soft)}
dd{margin:0;min-width:0}
.steps{list-style:none;counter-reset:step}
.steps li{position:relative;padding:.6rem .9rem .6rem 3.4rem;counter-increment:step}
.steps li::before{content:counter(step);position:absolute;left:.9rem;top:.7rem;width:1.75rem;height:1.75rem;
border-radius:50%;background:var(--deep);color:var(--on-deep);font-weight:700;line-height:1.75rem;text-align:center}
dl div+div,.steps li+li{border-top:1px solid var(--line)}
.steps b{display:block}
a{color:var(--deep)}
button,.button{display:block;width:100%;margin:1.1rem 0;padding:.8rem 1rem;border:2px solid transparent;
border-radius:.75rem;background:var(--deep);color:var(--on-deep);font:inherit;font-weight:700;text-align:center;
text-decoration:none;cursor:pointer}
:focus-visible{outline:3px solid var(--deep);outline-offset:3px}
@media (min-width:40rem){h1{font-size:2.1rem}button,.button{width:auto;min-width:16rem}.button{display:inline-block}}
@media (max-width:26rem){dl div{display:block}dt{font-size:.95rem}}
@media (forced-colors:active){.steps li::before,.button{border:1px solid}.steps li::before{line-height:1.6rem}}
@media print{body{background:none;font-size:11pt}nav,form,.button{display:none}}
"""


def policy(css: str) -> str:
    """The policy for a page with the style sheet `css` in it (CSP Level 3)."""
    digest = binascii.b2a_base64(hashlib.sha256(css.encode()).digest()).decode().strip()
    return (
        "default-src 'none'; style-src 'sha256-{}'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ).format(digest)


POLICY = policy(CSS)
