# What only type checkers read of a module: MicroPython would keep its names in memory.
/^TYPE_CHECKING = False$/ { next }
/^if TYPE_CHECKING:$/ { skipped = 1; next }
/^[^ ]/ { skipped = 0 }
!skipped
