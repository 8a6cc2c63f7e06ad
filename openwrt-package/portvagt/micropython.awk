# A module as MicroPython is to have it: what it does not run costs flash and memory there.

# only type checkers read it
/^TYPE_CHECKING = False$/ { next }
/^if TYPE_CHECKING:$/ { skipped = 1; next }
/^[^ ]/ { skipped = 0 }
skipped { next }

# MicroPython's classes have none
/^    __slots__ = \(.*\)$/ { next }

# A module's private number or text is no variable: const(), which takes no import, puts the value where it is used.
/^_[A-Z][A-Z0-9_, ]* = / {
	at = index($0, " = ")
	right = substr($0, at + 3)
	sub(/  #.*$/, "", right)
	count = split(substr($0, 1, at - 1), names, ", ")
	if (split(right, values, ", ") == count) {
		line = ""
		for (i = 1; i <= count && is_constant(values[i]); i++)
			line = line (i > 1 ? "; " : "") names[i] " = const(" values[i] ")"
		if (i > count) {
			print line
			next
		}
	}
}

{ print }

function is_constant(text) {
	if (text ~ /^b?"[^"]*"$/ || text ~ /^[0-9]+[.][0-9]+$/)
		return 1
	gsub(/0x[0-9A-Fa-f]+|[0-9]+/, "N", text)
	return text ~ /^N( ([*|]|<<) N)*$/
}
