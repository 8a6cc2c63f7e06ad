# shellcheck shell=dash disable=SC2034
# How the agent is run, for the init script and /usr/bin/portvagt: the edition for MicroPython.
RUNTIME=/usr/bin/micropython
RUNTIME_ENV="MICROPYPATH=/usr/lib/portvagt:.frozen"
RUNTIME_MOUNTS=

# KiB of heap
runtime_options() {
	echo "-X heapsize=${1}k"
}
