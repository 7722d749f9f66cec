"""Compliance checks: rules written as SHACL shapes, run over the register, with findings that name law, fact and line.

`shape` reads and vets the rules, `view` is the graph they see, `engine` runs them (`sparql` is the fast engine, `oracle`
is pySHACL), `finding` gives each result its words, place and source lines, `closing` applies waivers and attestations,
`baseline` tells what is new, `report` is what `Register.check` returns, and the format modules write it out.
"""
