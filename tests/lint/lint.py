#!/usr/bin/env python3
"""Holds the project's sources against every check of checks.py: lint.py ROOT."""

import sys

import checks
from source_tree import read_tree


def main():
    tree = read_tree(sys.argv[1])
    findings = [finding for check in checks.ALL for finding in check(tree)]
    for finding in findings:
        print(finding)
    print(f"{len(tree)} files, {len(checks.ALL)} checks, {len(findings)} findings")
    return 1 if findings or not tree else 0


if __name__ == "__main__":
    sys.exit(main())
