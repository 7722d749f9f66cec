INSERT DATA { GRAPH notice:hillested {
  hil:denial-sharing dpv:hasPersonalData hil:data-criminal
} }
