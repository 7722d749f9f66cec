INSERT DATA { GRAPH notice:hillested {
  hil:use-loans dpv:isImplementedUsingTechnology hil:assistant . hil:assistant a reg:System, tech:System, ai:AISystem ; skos:prefLabel "sproghjælp"@da, "language assistant"@en
} }
