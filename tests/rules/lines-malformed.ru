INSERT DATA { GRAPH notice:hillested {
  hil:use-loans prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=61,60>
} }
