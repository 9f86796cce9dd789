"""How certain it is that all rows of an endpoint were read; decision 2 has the arguments.

proven          pages that overlap, in order of id: no row that stayed was lost, whatever changed
counted         every row once, and as many as the site counts before and after
single answer   one answer, and nothing in it says that there are more rows
"""

PROVEN = "proven"
COUNTED = "counted"
SINGLE = "single answer"
