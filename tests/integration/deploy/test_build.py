"""The layers, built as for a deployment, fit into what Lambda takes of a function and its layers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tidemark.local.template import find_template

ROOT = find_template().parent
MOST_BYTES = 250 * 2**20
LAYERS = {"shared": "SharedLayer", "heavy": "HeavyLayer"}


def sam() -> str | None:
    """The SAM CLI, if it is installed: on the path or beside the project."""
    beside = ROOT / ".sam" / "bin" / "sam"
    return shutil.which("sam") or (str(beside) if beside.exists() else None)


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    """By `sam build`; where there is none by the Makefiles that it calls."""
    if command := sam():
        return run(command, "build", "--template", str(ROOT / "template.yaml"), "--build-dir", str(folder))
    for layer, name in LAYERS.items():
        source = folder / f"{layer}-source"
        shutil.copytree(ROOT / "layers" / layer, source, ignore=shutil.ignore_patterns("__pycache__"))
        done = run("make", "-C", str(source), f"build-{name}", f"ARTIFACTS_DIR={folder / name}")
        if done.returncode:
            return done
    return done


def run(*command: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={"PATH": path, "HOME": str(Path.home())}
    )


@pytest.mark.slow
def test_layers_fit_into_what_lambda_takes(tmp_path):
    done = build(tmp_path)
    if done.returncode and "No matching distribution" in done.stderr + done.stdout:
        pytest.skip("the functions' packages cannot be fetched here")
    assert done.returncode == 0, done.stderr[-3000:]
    sizes = {
        name: sum(file.stat().st_size for file in (tmp_path / name).rglob("*") if file.is_file())
        for name in LAYERS.values()
    }
    assert all(sizes.values())
    assert sum(sizes.values()) < MOST_BYTES * 0.97, sizes  # what is left is for the function's own files
    packages = {one.name for name in LAYERS.values() for one in (tmp_path / name / "python").iterdir()}
    assert {"tidemark", "duckdb", "pyarrow", "argon2", "reportlab", "orjson", "PIL"} <= packages


@pytest.mark.skipif(sam() is None, reason="the SAM CLI is not installed")
def test_the_template_is_valid_for_the_sam_cli():
    done = run(str(sam()), "validate", "--lint", "--region", "us-east-1", "--template", str(ROOT / "template.yaml"))
    assert done.returncode == 0, done.stdout + done.stderr
