INSERT DATA { GRAPH graph:shared {
  doc:hillested reg:linesAtHand 119
} }
