INSERT DATA { GRAPH notice:vandloeb {
  vand:right-portability a dpv:Right, eu-gdpr:A20 ; skos:prefLabel "ret til dataportabilitet"@da, "ret til dataportabilitet"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/vandloeb#line=49,50>
} }
