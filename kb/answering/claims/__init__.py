"""A claim of a model beside its quotes: faithfulness.py is the door, each other room knows one kind of fault."""
