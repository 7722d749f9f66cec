INSERT DATA { GRAPH graph:shared {
  system:cookies a reg:System, tech:System, tech:Cookie, dpv:Technology ; skos:prefLabel "cookies"@da, "cookies"@en
} } ;
INSERT DATA { GRAPH notice:hillested {
  hil:use-statistics dpv:isImplementedUsingTechnology system:cookies
} }
