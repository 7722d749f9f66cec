"""In and out: workbook, compact YAML, the forms of others; one table of the contract behind them all (docs/export.md)."""
