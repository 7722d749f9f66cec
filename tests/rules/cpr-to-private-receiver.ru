INSERT DATA { GRAPH notice:hillested {
  hil:flow-bank a reg:DataFlow, dpv:Process ; reg:sender party:hillested ; reg:receiver party:bank ; dpv:hasProcessing dpv:DiscloseByTransmission ; dpv:hasDataSubject hil:citizens ; dpv:hasPersonalData hil:data-cpr ; skos:prefLabel "CPR-nummer til banken"@da, "CPR-nummer til banken"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90> . hil:lending dpv:hasProcess hil:flow-bank
} }
