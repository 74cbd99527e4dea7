"""The pictures in a module's folder: read when a lesson first shows them."""

from __future__ import annotations

import re

from lti_tool.curriculum.content_files import ContentFiles
from lti_tool.curriculum.figures import Figure, read_svg

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}\.svg")


class FigureShelf:
    """The figures of one module; their faults go to `files`."""

    def __init__(self, files: ContentFiles, folder: str) -> None:
        self._files = files
        self._folder = folder
        self._read: dict[str, Figure | None] = {}

    @property
    def shown(self) -> dict[str, str]:
        """The SVG texts that lessons show, by name."""
        return {figure.name: figure.svg for figure in self._read.values() if figure}

    def find(self, file: str) -> Figure | None:
        """The figure of a file in `figures/`, or None where there is no such file.

        One with faults is returned all the same: its faults are reported by its own file.
        """
        if file not in self._read:
            self._read[file] = self._figure(file)
        return self._read[file]

    def warn_of_unused(self) -> None:
        for path in self._files.names(f"{self._folder}/figures/*"):
            if path.rpartition("/")[2] not in self._read:
                self._files.warn(path, "is shown by no lesson of its module")

    def _figure(self, file: str) -> Figure | None:
        path = f"{self._folder}/figures/{file}"
        if not _NAME.fullmatch(file) or not self._files.exists(path):
            return None
        text = self._files.text(path) or ""
        reading = read_svg(text)
        for line, message in reading.faults if text else ():
            self._files.fault(path, line, message)
        return Figure(f"{self._folder}-{file}", text.strip(), reading.height)
