INSERT DATA { GRAPH notice:hillested {
  hil:flow-vandloeb dpv:hasPersonalData hil:data-email
} }
