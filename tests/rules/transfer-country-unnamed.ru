DELETE WHERE { GRAPH notice:hillested { hil:flow-transfer dpv:hasThirdCountry ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:flow-transfer dpv:hasThirdCountry reg:OutsideEEA
} }
