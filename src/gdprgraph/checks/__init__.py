"""Compliance checks: rules written as SHACL shapes, run over the register, with findings that name law, fact and line.

`rules` reads and vets the rules, `view` is the graph they see, `engine` runs them (`pyshacl_engine` is the reference), a
file of `user_shapes` (read by `shacl_file`) runs here or there, `finding` gives each result its words, place and source lines,
`waivers` applies waivers and answers, `report` is what `Register.check` returns, with what a baseline knows, and `text` and
`formats` write it out.
"""
