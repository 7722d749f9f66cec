DELETE WHERE { GRAPH notice:hillested { hil:flow-borrower reg:sender ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:flow-borrower reg:sender hil:citizens
} } ;
DELETE WHERE { GRAPH notice:vandloeb { vand:flow-to-hillested ?p ?o } } ;
DELETE WHERE { GRAPH notice:vandloeb { ?s ?q vand:flow-to-hillested } } ;
INSERT DATA { GRAPH notice:vandloeb {
  vand:flow-bank a reg:DataFlow, dpv:Process ; reg:sender party:vandloeb ; reg:receiver party:bank ; dpv:hasProcessing dpv:DiscloseByTransmission ; dpv:hasDataSubject vand:neighbours ; dpv:hasPersonalData vand:data-name ; skos:prefLabel "navn til banken"@da, "navn til banken"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/vandloeb#line=49,50> . vand:watercourses dpv:hasProcess vand:flow-bank
} }
