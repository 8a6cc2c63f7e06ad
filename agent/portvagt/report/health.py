"""How the router and our processes are: by psutil where it is installed, else read from /proc."""

try:
    import psutil
except ImportError:
    psutil = None  # type: ignore[assignment]

_TICKS_A_SECOND = 100  # USER_HZ, include/uapi/asm-generic/param.h

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def read(pids: "dict[str, int]") -> "dict[str, Any]":
    """{"load": 1, 5, 15 min, "memory": {"total_kb", "available_kb"}, "processes": {name: {"rss_kb", "cpu_s"}}}.

    `pids`: {name: process id}; a process that is gone is left out. Raises OSError where /proc is not mounted.
    """
    return by_proc(pids) if psutil is None else by_psutil(pids)


def by_psutil(pids: "dict[str, int]") -> "dict[str, Any]":
    """As read()."""
    memory = psutil.virtual_memory()
    return {
        "load": [round(each, 2) for each in psutil.getloadavg()],
        "memory": {"total_kb": memory.total // 1024, "available_kb": memory.available // 1024},
        "processes": _processes(pids, _process_by_psutil),
    }


def by_proc(pids: "dict[str, int]") -> "dict[str, Any]":
    """As read()."""
    memory = _kilobytes("/proc/meminfo", ("MemTotal", "MemAvailable"))
    return {
        "load": [float(each) for each in _text("/proc/loadavg").split()[:3]],
        "memory": {"total_kb": memory["MemTotal"], "available_kb": memory["MemAvailable"]},
        "processes": _processes(pids, _process_by_proc),
    }


def _processes(pids: "dict[str, int]", measure: "Any") -> "dict[str, Any]":
    measured = {}
    for name, pid in pids.items():
        try:
            measured[name] = measure(pid)
        except (OSError, KeyError):  # it has just ended; a zombie has no VmRSS
            pass
    return measured


def _process_by_psutil(pid: int) -> "dict[str, Any]":
    try:
        process = psutil.Process(pid)
        times = process.cpu_times()
        return {"rss_kb": process.memory_info().rss // 1024, "cpu_s": round(times.user + times.system, 2)}
    except psutil.Error as error:
        raise OSError(str(error))


def _process_by_proc(pid: int) -> "dict[str, Any]":
    # the name, in parentheses, may contain anything: fields are counted from behind it (proc(5), /proc/pid/stat)
    fields = _text("/proc/{}/stat".format(pid)).split(")")[-1].split()
    ticks = int(fields[11]) + int(fields[12])
    resident = _kilobytes("/proc/{}/status".format(pid), ("VmRSS",))["VmRSS"]
    return {"rss_kb": resident, "cpu_s": round(ticks / _TICKS_A_SECOND, 2)}


def _text(path: str) -> str:
    with open(path) as file:
        return file.read()


def _kilobytes(path: str, names: "tuple[str, ...]") -> "dict[str, int]":
    """The values of lines such as `MemTotal:   123 kB`."""
    found = {}
    for line in _text(path).split("\n"):
        name, _, value = line.partition(":")
        if name in names:
            found[name] = int(value.split()[0])
    return found
