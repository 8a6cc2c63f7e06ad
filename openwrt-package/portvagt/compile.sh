#!/bin/sh
# compile.sh MPY_CROSS DIRECTORY: bytecode beside each module below DIRECTORY.
set -eu
here=$(cd -- "$(dirname -- "$0")" && pwd)
mpy_cross=$1

cd "$2"
find . -name '*.py' | while read -r path; do
	path=${path#./}
	# the name behind -s is what a traceback says
	awk -f "$here/micropython.awk" "$path" | "$mpy_cross" -O3 -s "${path#portvagt/}" -o "${path%.py}.mpy" -
done
