INSERT DATA { GRAPH notice:hillested {
  hil:lending dpv:hasProcess hil:use-read . hil:use-read a reg:DataUse, dpv:Process ; reg:assertion reg:Inferred ; reg:inferenceNote "lydbøger læst som handicap"@da, "talking books read as disability"@en ; dpv:hasDataSubject hil:citizens ; dpv:hasPersonalData hil:data-sickness ; dpv:hasStorageCondition hil:storage-loans ; skos:prefLabel "lån af lydbøger"@da, "loans of talking books"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90>
} }
