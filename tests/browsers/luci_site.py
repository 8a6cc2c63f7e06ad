"""A router's LuCI for a browser: our app's files, LuCI's client or a stand-in for it, and a small rpcd behind both.

PORTVAGT_LUCI_RESOURCES names a router's /www/luci-static/resources, to use LuCI's own client instead of the stand-in.
"""

import json
import mimetypes
import os
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from builder import lmo, luci, po
from portvagt import uci

STAND_IN = Path(__file__).with_name("luci_standin")
CLIENT = Path(os.environ.get("PORTVAGT_LUCI_RESOURCES", STAND_IN))
IS_REAL = CLIENT != STAND_IN
OURS = luci.APP / "htdocs" / "luci-static" / "resources"
ACL = json.loads((luci.APP / "root/usr/share/rpcd/acl.d/luci-app-portvagt.json").read_text())["luci-app-portvagt"]
MENU = json.loads((luci.APP / "root/usr/share/luci/menu.d/luci-app-portvagt.json").read_text())
# what LuCI itself may do for every user, /usr/share/rpcd/acl.d/luci-base.json
BASE = {
    "read": {"session": ["access"], "luci": ["getFeatures"], "file": ["list"], "uci": ["changes", "get"]},
    "write": {"uci": ["add", "delete", "set"]},
}
OK, NOT_FOUND = 0, 4  # enum ubus_msg_status of libubus
DENIED = -32002

PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8"><title>Portvagt</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
{styles}
<script src="/translations?{language}"></script>
<script src="/luci-static/resources/cbi.js"></script>
</head>
<body class="lang_{language}">
<header><a class="brand" href="/">OpenWrt</a><ul class="nav" id="topmenu"></ul><div id="indicators"></div></header>
<div id="maincontent" class="container">
<div id="tabmenu" style="display:none"></div>
<script src="/luci-static/resources/luci.js"></script>
<script>L = new LuCI({environment});</script>
<div id="view"><script>L.require("ui").then(ui => ui.instantiateView("{view}"));</script></div>
</div>
<footer><ul id="modemenu" style="display:none"></ul></footer>
{menu}
</body>
</html>
"""
# the head of LuCI's own theme, where its files are there
STYLES = """<link rel="stylesheet" href="/luci-static/bootstrap/cascade.css">
<link rel="stylesheet" media="only screen and (max-device-width: 854px)" href="/luci-static/bootstrap/mobile.css">"""
BY_LUCI = '<script>L.require("menu-bootstrap")</script>'


class Rpcd:
    """What /ubus answers. `guard(method, parameters)` answers for our plugin; what it lets a user do is our ACL's."""

    def __init__(self, guard, config):
        self.guard = guard
        self.config = sections(config)
        self.may_write = True
        self.instances = {}
        self.health = {}
        self.denied = []
        self.calls = []

    def answer(self, request):
        identity = request.get("id")
        if request["method"] == "list":
            return {"jsonrpc": "2.0", "id": identity, "result": {}}
        _, name, method, parameters = request["params"]
        if not self._allows(name, method):
            self.denied.append((name, method))
            return {"jsonrpc": "2.0", "id": identity, "error": {"code": DENIED, "message": "Access denied"}}
        self.calls.append((name, method, parameters))
        code, data = self._call(name, method, parameters)
        return {"jsonrpc": "2.0", "id": identity, "result": [code, data] if data is not None else [code]}

    def asked(self):
        """(object, method) of each call so far that was allowed."""
        return [call[:2] for call in self.calls]

    def _allows(self, name, method):
        groups = ["read", "write"] if self.may_write else ["read"]
        return any(method in of.get(name, ()) for group in groups for of in (ACL[group]["ubus"], BASE[group]))

    def _call(self, name, method, parameters):
        if name == "portvagt":
            return OK, self.guard(method, parameters)
        if name == "service":
            return OK, {"portvagt": {"instances": self.instances}}
        if name == "luci.portvagt":
            return OK, self.health
        if name == "uci":
            return getattr(self, "_" + method)(**parameters)
        if (name, method) == ("session", "access"):
            return OK, {"access": self.may_write}
        return (OK, {}) if name == "luci" else (NOT_FOUND, None)

    def _get(self, config, **_):
        return OK, {"values": self.config if config == "portvagt" else {}}

    def _set(self, config, section, values, **_):
        self.config[section].update(values)
        return OK, None

    def _delete(self, config, section, options=None, **_):
        for option in options or ():
            del self.config[section][option]
        return OK, None

    def _add(self, config, type, name, values, **_):  # noqa: A002
        self.config[name] = {".type": type, ".name": name, ".anonymous": False, **values}
        return OK, {"section": name}

    def _changes(self, **_):
        return OK, {"changes": {}}

    def file(self):
        """/etc/config/portvagt as UCI would write it."""
        lines = []
        for name, values in self.config.items():
            lines.append(f"config {values['.type']} '{name}'")
            for option, value in values.items():
                if not option.startswith("."):
                    word = "list" if isinstance(value, list) else "option"
                    lines += [f"\t{word} {option} '{each}'" for each in (value if word == "list" else [value])]
        return "\n".join([*lines, ""])


def sections(text):
    """What UCI makes of a configuration: {section: {option: value}}."""
    found = {}
    for line in uci.parse(text):
        if line.keyword == "config":
            kind, name = (*line.arguments, f"cfg{len(found):06x}")[:2]
            section = {".type": kind, ".name": name, ".anonymous": len(line.arguments) == 1, ".index": len(found)}
            found[name] = section
        elif line.keyword == "list":
            section.setdefault(line.arguments[0], []).append(line.arguments[1])
        else:
            section[line.arguments[0]] = line.arguments[1]
    return found


class Site(ThreadingHTTPServer):
    """Listens on a free port of this machine; `rpcd` answers."""

    daemon_threads = True

    def __init__(self, rpcd):
        super().__init__(("127.0.0.1", 0), Answers)
        self.rpcd = rpcd
        self.lost = []  # what was asked for and is not there

    def url(self, view, language="en"):
        return f"http://127.0.0.1:{self.server_port}/cgi-bin/luci/admin/services/portvagt/{view}?{language}"


class Answers(BaseHTTPRequestHandler):
    """Pages, files and translations by GET, calls of ubus by POST."""

    def do_GET(self):
        address = urlsplit(self.path)
        if address.path.startswith("/cgi-bin/luci/admin/services/portvagt/"):
            self._send("text/html", self._page(address.path, address.query))
        elif address.path == "/translations":
            self._send("application/javascript", translations(address.query))
        elif address.path == "/cgi-bin/luci/admin/menu":
            self._send("application/json", json.dumps(menu()))
        else:
            self._file(address.path)

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.server.rpcd.answer
        self._send(
            "application/json", json.dumps(list(map(answer, asked)) if isinstance(asked, list) else answer(asked))
        )

    def _page(self, path, language):
        view = path.rsplit("/", 1)[1]
        segments = ["admin", "services", "portvagt", view]
        environment = {
            "media": "/luci-static/bootstrap",
            "resource": "/luci-static/resources",
            "scriptname": "/cgi-bin/luci",
            "pathinfo": "",
            "documentroot": "/www",
            "requestpath": segments,
            "dispatchpath": segments,
            "pollinterval": 5,
            "ubuspath": "/ubus/",
            "sessionid": "0" * 32,
            "token": "0" * 32,
            "nodespec": {"satisfied": True, "readonly": not self.server.rpcd.may_write},
            "apply_rollback": 90,
            "apply_holdoff": 4,
            "apply_timeout": 5,
            "apply_display": 1.5,
        }
        return PAGE.format(
            language=language,
            environment=json.dumps(environment),
            view=MENU[f"admin/services/portvagt/{view}"]["action"]["path"],
            styles=STYLES if IS_REAL else "",
            menu=BY_LUCI if IS_REAL else "",
        )

    def _file(self, path):
        name = path.removeprefix("/luci-static/resources/")
        for found in (OURS / name, CLIENT / name, CLIENT.parent / path.removeprefix("/luci-static/")):
            if ".." not in path and found.is_file():
                return self._send(mimetypes.guess_type(path)[0] or "application/octet-stream", found.read_bytes())
        self.server.lost.append(path)
        return self.send_error(404)

    def _send(self, kind, content):
        body = content if isinstance(content, bytes) else content.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind + ("; charset=utf-8" if "image" not in kind else ""))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def translations(language):
    """As LuCI's admin/translations writes them, of our own catalogue alone."""
    path = po.APP / "po" / language / "portvagt.po"
    known = lmo.read(lmo.build(po.parse(path.read_text()))) if path.exists() else {}
    return "window.TR=" + json.dumps({f"{key:08x}": text for key, text in known.items()}) + ";"


def menu():
    """The branch that leads to our app."""
    ours = {"title": "Portvagt", "satisfied": True, "action": {"type": "firstchild"}, "children": {}}
    for path, node in MENU.items():
        name = path.removeprefix("admin/services/portvagt").strip("/")
        if name:
            ours["children"][name] = {**node, "satisfied": True}
    services = {
        "title": "Services",
        "satisfied": True,
        "action": {"type": "firstchild"},
        "children": {"portvagt": ours},
    }
    admin = {"title": "Administration", "satisfied": True, "action": {"type": "firstchild"}}
    return {"satisfied": True, "children": {"admin": {**admin, "children": {"services": services}}}}


@contextmanager
def serving(rpcd):
    """A Site that answers until the end."""
    with Site(rpcd) as site:
        thread = threading.Thread(target=site.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield site
        finally:
            site.shutdown()
            thread.join()
