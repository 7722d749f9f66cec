# wrong-terms-on-purpose
INSERT DATA { GRAPH notice:hillested {
  hil:data-name a dk:ShoeSize
} }
