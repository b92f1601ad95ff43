"""fsspec's own tests of file systems, which take a minute."""

from __future__ import annotations

import pytest
from fsspec.tests import abstract

pytestmark = pytest.mark.long


class OnFiles(abstract.AbstractFixtures):
    """Files, whose directories exist only as parts of names."""

    @pytest.fixture
    def fs(self, files):
        return files

    @pytest.fixture
    def fs_path(self):
        return "files"

    @pytest.fixture
    def fs_join(self):
        return lambda *names: "/".join(names)

    @pytest.fixture
    def supports_empty_directories(self):
        return False


class OnFileSets(OnFiles):
    """A FileSet."""

    @pytest.fixture
    def fs(self, reports):
        return reports

    @pytest.fixture
    def fs_path(self):
        return "Reports"

    @pytest.fixture
    def supports_empty_directories(self):
        return True


class TestCopyOnFiles(abstract.AbstractCopyTests, OnFiles):
    pass


class TestGetOnFiles(abstract.AbstractGetTests, OnFiles):
    pass


class TestPutOnFiles(abstract.AbstractPutTests, OnFiles):
    pass


class TestOpenOnFiles(abstract.AbstractOpenTests, OnFiles):
    pass


class TestPipeOnFiles(abstract.AbstractPipeTests, OnFiles):
    pass


class TestCopyOnFileSets(abstract.AbstractCopyTests, OnFileSets):
    pass


class TestGetOnFileSets(abstract.AbstractGetTests, OnFileSets):
    pass


class TestPutOnFileSets(abstract.AbstractPutTests, OnFileSets):
    pass


class TestOpenOnFileSets(abstract.AbstractOpenTests, OnFileSets):
    pass


class TestPipeOnFileSets(abstract.AbstractPipeTests, OnFileSets):
    pass
