INSERT DATA { GRAPH notice:hillested {
  hil:other-notice a dpv:OrganisationalMeasure, dpv:Notice ; skos:prefLabel "den generelle politik"@da, "den generelle politik"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90>
} }
