"""The reference of the plan language in Markdown, made from the models that read the plans."""

from compplan.plan.reference.page import reference

__all__ = ["reference"]
