"""The rules of the contract, one function each; the first line of its docstring is the rule."""
