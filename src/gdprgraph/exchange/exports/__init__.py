"""What goes out in the forms of others: plain DPV, DCAT-AP-DK, tables as authorities make them, TILT and fides.

None of these can hold everything. What is inferred, denied, reserved or not stated never comes out as stated: it is marked
where the form has words, left out where it has only yes and no, and counted in the losses, in the file and on the console.
"""
