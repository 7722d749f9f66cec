INSERT DATA { GRAPH notice:hillested {
  hil:purpose-idle a dpv:Purpose ; skos:prefLabel "et formål ved siden af"@da, "a purpose beside it"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90>
} }
