"""A file with an abuse report, of any of the formats."""

from email.message import Message

from portvagt_isp.abuse import arf, mail, xarf_json, xarf_mail
from portvagt_isp.abuse.report import Report
from portvagt_isp.errors import IspError


def read(data: bytes) -> Report:
    """What it says. Raises IspError."""
    if len(data) > mail.SIZE_MAX:
        raise IspError(f"larger than {mail.SIZE_MAX} bytes, which no abuse report is")
    try:
        return xarf_json.read(data) if data.lstrip()[:1] in (b"{", b"[") else _mail(data)
    except IspError:
        raise
    except Exception as error:  # at hostile input Python's mail parser raises whatever comes
        raise IspError(f"a mail that cannot be read ({type(error).__name__})") from None


def _mail(data: bytes) -> Report:
    message = mail.parse(data)
    parts = mail.parts(message)
    if arf.is_arf(parts):
        return arf.read(parts)
    for part in parts:
        if _is_xarf_json(part):
            return xarf_json.read(mail.text(part, mail.SIZE_MAX).encode())
    if xarf_mail.is_xarf(message):
        return xarf_mail.read(message, parts)
    raise IspError("neither an ARF nor an X-ARF mail, nor XARF as JSON: no machine can read this report")


def _is_xarf_json(part: Message) -> bool:
    may_be = part.get_content_type() == "application/json" or part.get_filename() == "xarf.json"
    return may_be and '"xarf_version"' in mail.text(part)
