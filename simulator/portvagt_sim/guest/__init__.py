"""What the root of a QEMU router is made of, and how it becomes an initramfs."""
