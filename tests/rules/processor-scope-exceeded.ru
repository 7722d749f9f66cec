INSERT DATA { GRAPH notice:hillested {
  hil:flow-processor dpv:hasPersonalData hil:data-sickness
} }
