DELETE WHERE { GRAPH notice:hillested { hil:flow-transfer reg:receiver ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:flow-transfer reg:receiver hil:a-supplier . hil:a-supplier a reg:PartyCategory, dk:Supplier, dpv:Entity ; skos:prefLabel "en leverandør"@da, "a supplier"@en
} }
