INSERT DATA { GRAPH notice:hillested {
  hil:purpose-news reg:assertion reg:Inferred
} }
