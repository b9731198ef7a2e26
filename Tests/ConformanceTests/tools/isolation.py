"""What a program in a mount namespace of its own gets in place of the machine's."""

import os
import subprocess


def sh(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def private_dev(dev):
    """A /dev without /dev/log: the usual nodes, below the folder `dev`, which is made."""
    os.mkdir(dev)
    sh("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", dev)
    for node in ("null", "zero", "full", "random", "urandom", "tty"):
        if os.path.exists("/dev/" + node):
            open(os.path.join(dev, node), "w").close()
            sh("mount", "--bind", "/dev/" + node, os.path.join(dev, node))
    os.mkdir(os.path.join(dev, "shm"), 0o1777)
    for link, target in (("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"),
                         ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2")):
        os.symlink(target, os.path.join(dev, link))
    sh("mount", "--bind", dev, "/dev")
    # A bind mount does not bring the mounts below it along.
    for node in ("null", "zero", "full", "random", "urandom", "tty"):
        if os.path.exists(os.path.join(dev, node)):
            sh("mount", "--bind", os.path.join(dev, node), "/dev/" + node)
