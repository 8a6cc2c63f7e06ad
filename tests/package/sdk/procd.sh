# In the place of rc.common, procd.sh and functions.sh of OpenWrt: says what procd, fw4 and dnsmasq would be told.
# UCI is what the test writes: /uci has lines "PACKAGE SECTION TYPE OPTION VALUE".
say_each() {
	local word="$1" each
	shift
	for each in "$@"; do
		echo "$word $each"
	done
}

procd_open_instance() { echo "instance $1"; }
procd_close_instance() { echo "end"; }
procd_set_param() { echo "param $*"; }
procd_add_jail() { echo "jail $*"; }
procd_add_jail_mount() { say_each mount "$@"; }
procd_add_jail_mount_rw() { say_each mount_rw "$@"; }
procd_open_data() { :; }
procd_close_data() { :; }
procd_set_config_changed() { echo "changed $1"; }
procd_add_reload_trigger() { say_each reload_with "$@"; }
procd_add_validation() { "$1" ""; }
json_add_array() { :; }
json_close_array() { :; }
json_add_object() { echo "rule"; }
json_close_object() { :; }
json_add_string() { echo "rule.$1 $2"; }
logger() { echo "log $*"; }
chown() { echo "chown $*"; }

get_bool() {
	case "$1" in
	1 | on | true | yes | enabled) echo 1 ;;
	0 | off | false | no | disabled) echo 0 ;;
	*) echo "$2" ;;
	esac
}

list_contains() {
	local words
	eval "words=\" \$$1 \""
	case "$words" in *" $2 "*) return 0 ;; esac
	return 1
}

append() { eval "$1=\"\${$1:+\$$1 }$2\""; }

config_load() { package=$1; }

config_foreach() {
	local section
	for section in $(awk -v p="$package" -v t="$2" '$1 == p && $3 == t { print $2 }' /uci | uniq); do
		"$1" "$section"
	done
}

config_get() {
	local found
	found=$(awk -v p="$package" -v s="$2" -v o="$3" '$1 == p && $2 == s && $4 == o { print $5 }' /uci)
	eval "$1=\"\${found:-\$4}\""
}

network_get_device() { eval "$1=br-$2"; }

# package, type, section, then name:type:default
uci_validate_section() {
	local section="$3" each found
	[ -n "$section" ] || { echo "validation $2"; return 0; }
	shift 3
	for each in "$@"; do
		found=$(awk -v s="$section" -v o="${each%%:*}" '$1 == "portvagt" && $2 == s && $4 == o { print $5 }' /uci)
		[ -n "$found" ] || found=$(echo "$each" | sed 's/^[^:]*:[^:]*:\{0,1\}//')
		eval "${each%%:*}=\"$found\""
	done
}

start() {
	start_service
	service_started
}

stop() { echo "stop"; }
