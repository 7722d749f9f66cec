INSERT DATA { GRAPH notice:hillested {
  hil:flow-processor reg:sender party:bank
} }
