"""Coverage-guided fuzzing of what strangers' bytes reach first: python -m tests.fuzz.targets NAME [OPTION…].

The options are libFuzzer's. With PYTHONPATH=agent:. in the project's directory; requirements-fuzz.lock has atheris.
Without options it runs until it finds something, and leaves the bytes that did it in a file.
"""

import sys

import atheris

with atheris.instrument_imports(include=["portvagt"]):
    from portvagt.warn import content_coding, http, language, tls_alert


def _pieces(data):
    """The bytes behind the first one as one piece, and in the two pieces that the first one tells."""
    cut = 1 + (data[0] if data else 0)
    return [data[1:]], [data[1:cut], data[cut:]]


def _request(pieces):
    reader = http.RequestReader()
    try:
        for piece in pieces:
            if request := reader.feed(piece):
                content_coding.accepts_gzip(request.headers.get("accept-encoding", ""))
                language.negotiate(request.headers.get("accept-language", ""), "da")
                http.form(request.body)
                return [getattr(request, name) for name in request.__slots__]
    except http.Refusal as refusal:
        return refusal.status
    return None


def _hello(pieces):
    reader = tls_alert.HelloReader()
    try:
        return any(reader.feed(piece) for piece in pieces)
    except tls_alert.NotTls:
        return None


# name: what is made of pieces of a stream; nothing else may be raised, and where it was cut makes no difference
TARGETS = {"request": _request, "hello": _hello}


def main():
    """Fuzz one of TARGETS."""
    target = TARGETS[sys.argv.pop(1)]

    def one(data):
        whole, cut = _pieces(data)
        assert target(whole) == target(cut)

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
