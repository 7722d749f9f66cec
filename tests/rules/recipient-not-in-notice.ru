INSERT DATA { GRAPH graph:attested {
  hil:lending dpv:hasProcess att:flow-bank . att:flow-bank a reg:DataFlow, dpv:Process ; reg:sender party:hillested ; reg:receiver party:bank ; dpv:hasProcessing dpv:DiscloseByTransmission ; dpv:hasDataSubject hil:citizens ; dpv:hasPersonalData hil:data-name ; skos:prefLabel "navn til banken"@da, "name to the bank"@en ; reg:assertion reg:Attested ; prov:wasAttributedTo party:hillested ; prov:generatedAtTime "2026-01-15T09:00:00Z"^^xsd:dateTime ; reg:reason "sagerne er gennemgået"@da, "the cases were gone through"@en
} }
