"""Every page for people, in one router."""

from __future__ import annotations

from fastapi import APIRouter

from api.web import answers, asking, changes, documents, drivers, notices, searching

router = APIRouter(include_in_schema=False)
for module in (asking, answers, searching, documents, drivers, changes, notices):
    router.include_router(module.router)
