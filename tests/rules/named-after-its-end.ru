INSERT DATA { GRAPH notice:hillested {
  hil:use-loans dpv:isImplementedUsingTechnology system:nemid
} }
