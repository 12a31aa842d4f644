"""Real exports of instruments lie beside the repository and are not ours to ship: without them their tests are not
collected, so that nothing is skipped."""

from pathlib import Path

INSTRUMENT_FILES = Path(__file__).resolve().parents[3] / "shared" / "data" / "instrument_files"

collect_ignore = [] if INSTRUMENT_FILES.is_dir() else ["test_real_exports.py"]
