"""The workbook: a notice or record as sheets that a data protection officer fills in, and back."""

from gdprgraph.exchange.workbook.book import VERSION, Book
from gdprgraph.exchange.workbook.reading import read
from gdprgraph.exchange.workbook.writing import write

__all__ = ["VERSION", "Book", "read", "write"]
