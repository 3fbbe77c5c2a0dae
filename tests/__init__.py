"""The tests. A regular package: one of the libraries brings a package of this name, which would be taken instead."""
