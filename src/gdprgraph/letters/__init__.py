"""Drafts of what a data protection officer must write, from the graph: each sentence with its lines, open points marked."""

from gdprgraph.letters.letter import Letter, Line, Section, letter

__all__ = ["Letter", "Line", "Section", "letter"]
