"""``python -m memplan_gui``: the command ``memplan``."""

import sys

from memplan_gui.entry import main

sys.exit(main())
