INSERT DATA { GRAPH graph:shared {
  <https://w3id.org/gdprgraph/id/document/hillested#line=0,1> reg:blankEdge true
} }
