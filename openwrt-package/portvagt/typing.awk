# What only type checkers read of a module: MicroPython would keep its names in memory.
/^if TYPE_CHECKING:$/ { skipped = 1; next }
/^[^ ]/ { skipped = 0 }
!skipped
