# shellcheck shell=dash disable=SC2034
# How the agent is run, for the init script and /usr/bin/portvagt: the edition for CPython.
RUNTIME=/usr/bin/python3
RUNTIME_ENV="PYTHONPATH=/usr/lib/portvagt"
# a jail brings the libraries of the program only, not those of its modules
RUNTIME_MOUNTS="/usr/lib/python3* /usr/lib/libssl.so* /usr/lib/libcrypto.so* /usr/lib/libffi.so* /usr/lib/libz.so*"

# no bytecode beside the sources: /usr/lib is flash
runtime_options() {
	echo "-B"
}
