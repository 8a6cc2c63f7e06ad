#!/bin/sh
# The command line of the agent: portvagt --help
# shellcheck source=/dev/null
. /usr/lib/portvagt/runtime.sh
export "${RUNTIME_ENV?}"
# shellcheck disable=SC2046  # words
exec "$RUNTIME" $(runtime_options 512) -m portvagt "$@"
