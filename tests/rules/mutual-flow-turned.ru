INSERT DATA { GRAPH notice:hillested { hil:flow-borrower reg:mutual true } }
