"""Authoring: the folder of a register of one's own, terms and questions by the words of a reader, and facts to fill in."""
