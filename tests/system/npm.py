"""Installs what a package-lock.json names, once."""

import filecmp
import os
import re
import shutil
import subprocess

SKIPPED = 77  # what CMake takes for "not run"
UNREACHABLE = r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET"


def unavailable(folder, oldest_node):
    """Why the packages cannot be had, or None once they are installed in `folder`."""
    if not (shutil.which("node") and shutil.which("npm")):
        return "Node is not installed"
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    if int(re.match(r"v(\d+)", version.stdout).group(1)) < oldest_node:
        return f"Node {version.stdout.strip()} is older than {oldest_node}"
    lock = os.path.join(folder, "package-lock.json")
    installed = os.path.join(folder, "node_modules", "package-lock.json")
    if os.path.exists(installed) and filecmp.cmp(lock, installed, shallow=False):
        return None
    # No package that we use needs its scripts; those of others are none of our business.
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
         "--fetch-retries=1"], cwd=folder, capture_output=True, text=True, check=False,
        timeout=120)
    if done.returncode == 0:
        shutil.copy(lock, installed)
        return None
    if re.search(UNREACHABLE, done.stderr):
        return "npm's registry is not reachable"
    raise AssertionError(f"npm ci: {done.stderr}")
