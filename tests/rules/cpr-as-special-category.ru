INSERT DATA { GRAPH notice:hillested {
  hil:data-cpr a dpv:SpecialCategoryPersonalData . hil:use-cpr dpv:hasLegalBasis hil:basis-9-2-b, hil:basis-section-12
} }
