# A stand-in for OpenWrt's functions.sh and validate.sh, as far as init scripts of ours use them. UCI's files are read as
# shell: with config, option and list as commands, that is what they are. Values must not need more than quotes.
# shellcheck shell=dash
config() {
	CONFIG_COUNT=$((CONFIG_COUNT + 1))
	CONFIG_SECTION=${2:-cfg$CONFIG_COUNT}
	list_contains CONFIG_SECTIONS "$CONFIG_SECTION" || append CONFIG_SECTIONS "$CONFIG_SECTION"
	config_keep "${CONFIG_SECTION}__TYPE" "$1"
}

option() { config_keep "${CONFIG_SECTION}_$1" "$2"; }

list() {
	append "CONFIG_${CONFIG_SECTION}_$1" "$2"
	append CONFIG_KNOWN "CONFIG_${CONFIG_SECTION}_$1"
}

config_keep() {
	eval "CONFIG_$1=\$2"
	append CONFIG_KNOWN "CONFIG_$1"
}

config_load() {
	# shellcheck disable=SC2086  # names
	unset ${CONFIG_KNOWN:-CONFIG_KNOWN}
	CONFIG_KNOWN=
	CONFIG_SECTIONS=
	CONFIG_COUNT=0
	# shellcheck source=/dev/null
	[ ! -e "/etc/config/$1" ] || . "/etc/config/$1"
}

# name of a variable, section, option, default
config_get() { eval "$1=\${CONFIG_${2}_$3:-\$4}"; }

# function, type
config_foreach() {
	local section
	for section in $CONFIG_SECTIONS; do
		eval "[ \"\$CONFIG_${section}__TYPE\" = \"$2\" ]" || continue
		"$1" "$section"
	done
}

append() { eval "$1=\"\${$1:+\$$1 }\$2\""; }

list_contains() {
	local words
	eval "words=\" \$$1 \""
	case "$words" in *" $2 "*) return 0 ;; esac
	return 1
}

get_bool() {
	case "$1" in
	1 | on | true | yes | enabled) echo 1 ;;
	0 | off | false | no | disabled) echo 0 ;;
	*) echo "$2" ;;
	esac
}

# package, type, section, then name:type:default. Sets a variable each; of the types, validate_data(8) is the judge.
uci_validate_section() {
	local package="$1" section="$3" each name fallback
	shift 3
	config_load "$package"
	# no program for an option: emulated, each takes 20 ms and more
	for each in "$@"; do
		name=${each%%:*}
		fallback=
		case ${each#*:} in *:*) fallback=${each##*:} ;; esac
		config_get "$name" "$section" "$name" "$fallback"
	done
}
