"""What RFC 8908 lets a captive-portal API say."""

import json
from pathlib import Path

import jsonschema

SCHEMA = json.loads(Path(__file__).with_name("captive_portal.schema.json").read_text())
TYPE = "application/captive+json"
ACCEPT = {"Accept": TYPE}


def document(text):
    """The document in an answer; raises jsonschema.ValidationError when the RFC does not allow it."""
    said = json.loads(text)
    jsonschema.validate(said, SCHEMA)
    return said
