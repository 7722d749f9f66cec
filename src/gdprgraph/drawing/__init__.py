"""Drawing without a library: columns, SVG, widths of text."""
