INSERT DATA { GRAPH notice:hillested {
  hil:use-loans prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/vandloeb#line=1,2>
} }
