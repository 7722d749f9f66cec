"""Queries of strangers run here, in processes that can be ended."""
