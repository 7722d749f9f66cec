INSERT DATA { GRAPH graph:shared {
  doc:hillested reg:digestAtHand "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
} }
