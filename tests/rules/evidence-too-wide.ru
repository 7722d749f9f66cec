DELETE WHERE { GRAPH notice:hillested { hil:use-news prov:wasDerivedFrom ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:use-news prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=10,40>
} }
