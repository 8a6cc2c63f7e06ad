# In the place of rc.common and procd.sh of OpenWrt: says what procd, fw4 and dnsmasq would be told. Behind it the test
# reads the QEMU routers' stand-in for functions.sh, with UCI's files.
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
procd_add_validation() { "$1" "" && echo "validation ${1#validate_}"; }
json_add_array() { :; }
json_close_array() { :; }
json_add_object() { echo "rule"; }
json_close_object() { :; }
json_add_string() { echo "rule.$1 $2"; }
logger() { echo "log $*"; }
chown() { echo "chown $*"; }

start() {
	start_service "$@"
	service_started
}

stop() { echo "stop"; }
