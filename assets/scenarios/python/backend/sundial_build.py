"""Builds sundial, without anything that would have to be fetched.

The hooks are those of PEP 517.
"""

import base64
import hashlib
import io
import tarfile
import tomllib
import zipfile
from pathlib import Path

WHEEL = "Wheel-Version: 1.0\nGenerator: sundial_build\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def project():
    with open("pyproject.toml", "rb") as manifest:
        return tomllib.load(manifest)["project"]


def metadata(p):
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {p['name']}",
        f"Version: {p['version']}",
        f"Summary: {p['description']}",
        f"License: {p['license']}",
        f"Requires-Python: {p['requires-python']}",
        "Description-Content-Type: text/markdown",
    ]
    lines += [f"Classifier: {c}" for c in p["classifiers"]]
    lines += [f"Project-URL: {label}, {url}" for label, url in p["urls"].items()]
    return "\n".join(lines) + "\n\n" + Path(p["readme"]).read_text()


def sources():
    return sorted(Path("src").rglob("*.py"))


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    p = project()
    stem = f"{p['name']}-{p['version']}"
    files = {str(f.relative_to("src").as_posix()): f.read_text() for f in sources()}
    files[f"{stem}.dist-info/METADATA"] = metadata(p)
    files[f"{stem}.dist-info/WHEEL"] = WHEEL
    record = ""
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(text.encode())}\n"
    files[f"{stem}.dist-info/RECORD"] = record + f"{stem}.dist-info/RECORD,,\n"
    with zipfile.ZipFile(Path(wheel_directory) / f"{stem}-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return f"{stem}-py3-none-any.whl"


def build_sdist(sdist_directory, config_settings=None):
    p = project()
    stem = f"{p['name']}-{p['version']}"
    with tarfile.open(Path(sdist_directory) / f"{stem}.tar.gz", "w:gz") as archive:
        for name in ["pyproject.toml", "README.md", "LICENSE", *sources(), *sorted(Path("backend").glob("*.py"))]:
            archive.add(name, f"{stem}/{Path(name).as_posix()}")
        info = metadata(p).encode()
        entry = tarfile.TarInfo(f"{stem}/PKG-INFO")
        entry.size = len(info)
        archive.addfile(entry, io.BytesIO(info))
    return f"{stem}.tar.gz"
