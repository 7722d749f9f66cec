INSERT DATA { GRAPH notice:hillested {
  hil:data-name a dk:ShoeSize
} }
