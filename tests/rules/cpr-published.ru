INSERT DATA { GRAPH notice:hillested {
  hil:public a reg:PartyCategory, dk:ThePublic, dpv:Entity ; skos:prefLabel "offentligheden"@da, "the public"@en . hil:flow-public a reg:DataFlow, dpv:Process ; reg:sender party:hillested ; reg:receiver hil:public ; dpv:hasProcessing dpv:MakeAvailable ; dpv:hasDataSubject hil:citizens ; dpv:hasPersonalData hil:data-cpr ; skos:prefLabel "CPR-nummer på hjemmesiden"@da, "CPR-nummer på hjemmesiden"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90> . hil:lending dpv:hasProcess hil:flow-public
} }
