DELETE WHERE { GRAPH notice:hillested { hil:flow-processor dpv:hasProcessing ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:flow-processor dpv:hasProcessing dpv:DiscloseByTransmission
} }
