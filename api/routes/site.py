"""The pages for people; they live in api.web."""

from api.web.site import router

__all__ = ["router"]
