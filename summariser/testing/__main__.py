"""``python -m summariser.testing``: the scripted endpoint as a process of its own."""

from summariser.testing.server import main

raise SystemExit(main())
