INSERT DATA {
  GRAPH graph:shared { system:statens-loensystem a reg:System, tech:System, dpv:Technology ; skos:prefLabel "Statens Lønsystem"@da, "State Pay System"@en }
  GRAPH notice:hillested { hil:use-loans dpv:isImplementedUsingTechnology system:statens-loensystem }
}
