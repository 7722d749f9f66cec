DELETE WHERE { GRAPH notice:hillested { hil:flow-transfer-ch dpv:hasThirdCountry ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:flow-transfer-ch dpv:hasThirdCountry loc:BR
} }
