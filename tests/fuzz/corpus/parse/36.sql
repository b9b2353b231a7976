SELECT /*+ STATE_TTL('r'='1d', 'p'='6h') */ -a * (b + -(-c)) / d % 2 || 'x' FROM t -- a comment
