"""Start one program that dies with us: `python child.py SIGNAL PARENT UID GID NICENESS PROGRAM ...`.

A small program of its own instead of subprocess's preexec_fn, which is unsafe once our process has
threads (the database pool brings some), and instead of subprocess's user=, because the interpreter
itself may stand in a folder that the unprivileged account cannot enter. Standard library only.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Drop to UID and GID (-1: stay), ask for SIGNAL at the parent's death, add NICENESS, become PROGRAM."""
    death_signal, parent, uid, gid, niceness = (int(word) for word in sys.argv[1:6])
    program = sys.argv[6:]
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        # Our own working folder may be closed to the account.
        os.chdir("/")
    if sys.platform == "linux":
        # After the change of account, which clears it.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:  # it died in between
            sys.exit(1)
    os.nice(niceness)
    try:
        os.execv(program[0], program)  # noqa: S606
    except OSError as error:
        sys.exit(f"FATAL: cannot start {program[0]}: {error.strerror}")


if __name__ == "__main__":
    main()
