DELETE WHERE { GRAPH notice:hillested { hil:flow-processor dpv:hasProcessing ?o } } ;
DELETE WHERE { GRAPH notice:hillested { hil:engagement-itdrift reg:inActivity ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:flow-processor dpv:hasProcessing dpv:DiscloseByTransmission .
  hil:engagement-itdrift reg:inActivity hil:newsletter
} }
