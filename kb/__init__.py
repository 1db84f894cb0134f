"""The knowledge base: releases, search and cited answers."""
