INSERT DATA { GRAPH notice:hillested {
  hil:flow-borrower reg:receiver party:bank
} }
