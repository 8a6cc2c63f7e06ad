# A stand-in for OpenWrt's procd.sh: an instance is a file of shell words below /var/run/instances, and instance(8), a
# stand-in too, runs it. Of a jail there are the user, the capabilities and no_new_privs; not the mounts.
# shellcheck shell=dash
INSTANCES=/var/run/instances

procd_open_service() {
	SERVICE=$1
	mkdir -p "$INSTANCES"
	rm -f "$INSTANCES/$SERVICE".*.new
}

procd_open_instance() {
	INSTANCE="$INSTANCES/$SERVICE.$1.new"
	: >"$INSTANCE"
}

procd_close_instance() { :; }

# A line each: the name, then its words in quotes. An instance begins anew when a file that it reads has changed.
procd_set_param() {
	local name="$1" word line="$1"
	shift
	for word in "$@"; do
		case $word in *"'"*) word=$(echo "$word" | sed "s/'/'\\\\''/g") ;; esac
		line="$line '$word'"
	done
	[ "$name" != file ] || line="$line # $(cat "$@" | md5sum)"
	echo "$line" >>"$INSTANCE"
}

procd_add_jail() { :; }
procd_add_jail_mount() { :; }
procd_add_jail_mount_rw() { :; }

# What has changed is started anew, what is not wanted any more ends.
procd_close_service() {
	local old new
	for old in "$INSTANCES/$SERVICE".*; do
		case "$old" in *.new | *.pid | *.child | *'*') continue ;; esac
		cmp -s "$old" "$old.new" && rm "$old.new" && continue
		instance stop "${old##*/}"
		rm "$old"
	done
	for new in "$INSTANCES/$SERVICE".*.new; do
		[ -e "$new" ] || continue
		mv "$new" "${new%.new}"
	done
	for old in $(instance list "$SERVICE"); do
		instance start "$old"
	done
}

procd_kill() {
	local name
	for name in $(instance list "$1"); do
		instance stop "$name"
		rm "$INSTANCES/$name"
	done
}

# Here nobody listens to a service's data, and nothing changes UCI behind an init script.
procd_open_data() { :; }
procd_close_data() { :; }
json_add_array() { :; }
json_close_array() { :; }
json_add_object() { :; }
json_close_object() { :; }
json_add_string() { :; }
procd_set_config_changed() { :; }
procd_add_reload_trigger() { :; }
procd_add_validation() { :; }
