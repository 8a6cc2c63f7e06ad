"""A stand-in for the guard: serves its portal socket from a file of cases that a test writes.

python guard_stand_in.py SOCKET CASES, where CASES is JSON: address → answer to `case`.
"""

import json
import sys
from pathlib import Path

from portvagt import rpc
from portvagt.loop import Loop


def main(path, cases_path):
    cases_file = Path(cases_path)

    def case(_peer, params):
        return json.loads(cases_file.read_text()).get(params["address"], {"state": "clear"})

    def presses(**changes):
        def press(_peer, params):
            cases = json.loads(cases_file.read_text())
            mine = cases.get(params["address"], {})
            if (mine.get("incident"), mine.get("token")) != (params["incident"], params["token"]):
                raise rpc.Refused("this page is no longer valid")
            mine.update(changes, acknowledged=True)
            cases_file.write_text(json.dumps(cases))
            return {}

        return press

    loop = Loop()
    methods = {
        "case": case,
        "acknowledge": presses(),
        "cleaned": presses(may_request=False),
        "mail_server": presses(mail_server=True),
        "not_mine": presses(not_mine=True),
    }
    rpc.Server(loop, path, methods)
    loop.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
