# Words of the command line: keys begin with `cli-`.
