"""The binary's own word of its command line."""

import subprocess


def tocsin(binary, *words, code=0):
    run = subprocess.run([str(binary), *words], capture_output=True, text=True, timeout=60)
    assert run.returncode == code, f"{words}: {run.returncode}\n{run.stdout}\n{run.stderr}"
    return run


def offered(binary, *words):
    lines = tocsin(binary, "complete", *words).stdout.splitlines()
    return [line.split("\t")[0] for line in lines]


def commands(binary):
    """Every command's name, those within others too."""
    top = offered(binary, "")
    within = [f"{one} {word}" for one in top for word in offered(binary, one, "")]
    return top + [name for name in within
                  if subprocess.run([str(binary), "help", *name.split()], capture_output=True).returncode == 0]
