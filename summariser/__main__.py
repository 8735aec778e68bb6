"""``python -m summariser``."""

from __future__ import annotations

from summariser.cli import main

main()
