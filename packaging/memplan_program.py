"""What the frozen program runs: the command ``memplan``."""

import os
import sys

from memplan_gui.entry import main

# The launcher made the system look for libraries in its own folder first. The loader has read
# that by now; a browser or a file manager that is started from the window must not.
if "LD_LIBRARY_PATH_ORIG" in os.environ:
    os.environ["LD_LIBRARY_PATH"] = os.environ.pop("LD_LIBRARY_PATH_ORIG")
elif sys.platform == "linux":
    os.environ.pop("LD_LIBRARY_PATH", None)
# Called again, to ask a driver in a process of its own, the launcher has to begin anew: it would
# rely on what was just taken out.
os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"

sys.exit(main())
