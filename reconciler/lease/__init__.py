"""A lease that makes two applies exclusive, kept on a ref of the git remote."""
