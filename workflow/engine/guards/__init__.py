"""The catalogue of guards; a new one is a class in a module here."""

from workflow.engine.guards import case, person, stating
from workflow.engine.guards.base import REGISTRY, Guard

__all__ = ["REGISTRY", "Guard", "case", "person", "stating"]
