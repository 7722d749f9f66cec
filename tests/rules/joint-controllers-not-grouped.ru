INSERT DATA { GRAPH notice:hillested {
  hil:lending dpv:hasDataController party:vandloeb
} }
