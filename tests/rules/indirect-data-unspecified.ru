DELETE WHERE { GRAPH notice:hillested { hil:flow-borrower dpv:hasPersonalData ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:flow-borrower dpv:hasPersonalData hil:data-relevant . hil:data-relevant a dpv:PersonalData, reg:UnspecifiedPersonalData ; skos:prefLabel "relevante oplysninger"@da, "relevant information"@en
} }
