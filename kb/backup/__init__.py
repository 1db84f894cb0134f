"""`bussola backup` and `bussola restore`: the home folder as one file, checked before it takes anything's place."""
