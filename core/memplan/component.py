"""Components under the name that they had before :mod:`memplan.memory`."""

from memplan.memory.component import (
    Component as Component,
)
from memplan.memory.component import (
    ComponentKey as ComponentKey,
)
from memplan.memory.component import (
    ComponentKind as ComponentKind,
)
from memplan.memory.component import (
    Formula as Formula,
)
from memplan.memory.component import (
    Place as Place,
)
from memplan.memory.component import (
    constant as constant,
)
from memplan.memory.component import (
    evaluate as evaluate,
)
from memplan.memory.component import (
    per_token as per_token,
)
