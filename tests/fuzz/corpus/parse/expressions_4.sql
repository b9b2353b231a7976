SELECT U&'d\0061t\+000061 \\' || u&'d!0061' UESCAPE '!',
X'' || x'0aFF',
TRUE AND FALSE OR UNKNOWN AND NULL,
a /* comment */ + -- and
 b,
count(*/*all*/),
2*/*two*/3,
a // and so on
 + b,
`a``b`.`c d`,
`trim`(a) + `f`(b),
((((a))))
