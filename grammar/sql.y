/* The grammar of Weir's SQL: Flink's dialect (built on Calcite's), all of SQL:2016's
 * MATCH_RECOGNIZE, and Weir's own statements.
 *
 * Each action is one call of a constructor of ast_make.h: no look-up, no folding, no meaning. The
 * grammar takes somewhat more than the language where the binder can say better what is wrong.
 *
 * Names. ID is any name, quoted or not. A keyword that is not reserved comes back as ID wherever
 * the grammar does not want it as a keyword (%fallback). That goes wrong in a state that shifts ID
 * and has the keyword only behind a reduction: lemon makes the commonest reduction the default,
 * forgets its look-aheads, and tries the fallback first. So such a keyword must be shifted in the
 * state itself (see window_parts), be reserved, or be told apart by what follows it. The last is
 * what token_stream.c does: symbols such as NOT_IN_LIKE or KEY_PAIR are words that it has renamed
 * after a look ahead. Words behind a DOT come as ID always.
 *
 * Precedences are Calcite's, and operators.def repeats them for the printer. Parenthesised queries
 * follow PostgreSQL's grammar: `subquery` is a query in any number of parentheses, and on a closing
 * parenthesis it stays a query as long as it can (rules of precedence LOWEST lose against RP). */
%name SqlParser
%token_prefix TK_
%token_type {Token}
%default_type {Expr *}
%extra_context {Builder *b}
%stack_size 1000
%start_symbol input

%include {
#include "grammar/ast_make.h"
#include "grammar/sql_parser.h"
#define YYNOERRORRECOVERY 1
#define SqlParser_ENGINEALWAYSONSTACK 1
}
%syntax_error { ast_builder_reject(b); }
%stack_overflow { ast_builder_overflow(b); }

/* Keywords that can be names: those of keywords.def that are not RESERVED. */
%fallback ID
  ABSENT ADD AFTER ANALYZE ANTI ANY ARRAY ASC ASYMMETRIC AT BEGIN BERNOULLI BOTH BUCKETS BY
  CALL CASCADE CAST CATALOG CATALOGS UNIT_PART CHANGELOG_MODE COLUMN COLUMNS COMMENT COMPILE
  COMPUTE CONDITIONAL CONFLICT CONSTRAINTS CONTAINS CONTINUOUS CUBE CURRENT DATABASE DATABASES
  UNIT DEDUPLICATE DEFINE DESC DESCRIPTOR DISTRIBUTED DISTRIBUTION DO DRAIN EMPTY ENFORCED
  EQUALS ERROR ESCAPE ESTIMATED_COST EXCLUDING EXECUTE EXTENDED EXTRACT FILTER FINAL FIRST
  FOLLOWING FRESHNESS FUNCTION FUNCTIONS GENERATED GROUPING HASH IF IGNORE ILIKE IMMEDIATELY
  INCLUDING INITIAL INTERVAL JAR JARS JOB JOBS JSON JSON_EXECUTION_PLAN KEY LANGUAGE LAST
  LEADING LOAD LOCAL MAP MATCH MATCHES MATERIALIZED MEASURES METADATA MODIFY MODULE MODULES
  MULTISET NEXT NOTHING NULLS OBJECT OF OMIT ONE ONLY OPTIONS ORDINALITY OUTER OVERLAPS
  OVERWRITE OVERWRITING PARTITION PARTITIONED PARTITIONS PAST PATTERN PAUSE PER PERMUTE
  PLACING PLAN PLAN_ADVICE POSITION PRECEDES PRECEDING PRECISION PRIMARY PROCEDURES RANGE
  RECURSIVE REFRESH REFRESH_MODE REJECTED REMOVE RENAME REPEATABLE REPLACE RESET RESPECT
  RESTRICT RESUME RETRY RETURNING RLIKE ROLLUP ROW ROWS RUNNING SAVEPOINT SCALAR SEEK SEMI
  SETS SHOW SIMILAR SKIP STATEMENT STATISTICS STOP SUBSET SUCCEEDS SUSPEND SYMMETRIC SYSTEM
  SYSTEM_TIME TABLES TEMPORARY TIME UNIT_FUNCTION TO TRAILING TRIM TRUNCATE TRY_CAST UESCAPE
  UNBOUNDED UNCONDITIONAL UNLOAD UNMATCHED UNNEST USE USER VALUE VARYING VIEW VIEWS VIRTUAL
  WATERMARK WATERMARKS WHY WITHIN WITHOUT WRAPPER ZONE.
/* The symbols of token_stream.c that can be names as well. */
%fallback ID
  ABSENT_ON ARRAY_OPEN AT_ZONE CURRENT_ROW DISTRIBUTION_BY FRAME_CALL GROUPING_SETS IF_EXISTS
  IMMEDIATELY_OPERATOR INTERVAL_LITERAL KEY_PAIR MAP_OPEN MULTISET_OPEN NEXT_ROW NULLS_TREATMENT
  PRIMARY_KEY ROW_OPEN UNBOUNDED_FRAME WATERMARK_FOR WITHIN_GROUP WITHOUT_ZONE.
%fallback NOT NOT_IN_LIKE.
%fallback WITH WITH_ZONE.
/* SET's unquoted keys and values are any tokens. */
%wildcard ANYTHING.

%nonassoc LOWEST.
%nonassoc RP TO ORDER VALUE NULLS_TREATMENT.
%left UNION EXCEPT MINUS.
%left INTERSECT.
%left OR.
%left AND.
%right NOT.
%left IS.
%left EQ NE LT LE GT GE OVERLAPS CONTAINS EQUALS PRECEDES SUCCEEDS IMMEDIATELY_OPERATOR.
%left BETWEEN IN LIKE ILIKE SIMILAR RLIKE NOT_IN_LIKE.
%left PLUS SIGN_MINUS.
%left STAR SLASH PERCENT CONCAT.
%right SIGN.
%left AT_ZONE.
%left LBRACKET DOT.

/* --- the three things that can be parsed --- */

input ::= STATEMENT_INPUT statement(S).          { ast_builder_take_statement(b, S); }
input ::= EXPRESSION_INPUT expr(E).              { ast_builder_take_expr(b, E); }

/* --- names, lists --- */

%type name {Name *}  %type names {NameList}  %type name_list {NameList}
%type column_names {NameList}
name(A) ::= ID(T).                               { A = ast_name(b, T); }
names(A) ::= name(N).                            { A = ast_names((NameList){0}, N); } /* a.b.c */
names(A) ::= names(L) DOT name(N).               { A = ast_names(L, N); }
name_list(A) ::= name(N).                        { A = ast_names((NameList){0}, N); } /* a, b, c */
name_list(A) ::= name_list(L) COMMA name(N).     { A = ast_names(L, N); }
column_names(A) ::= .                            { A = (NameList){0}; }
column_names(A) ::= LP name_list(L) RP.          { A = L; }

%type expr_list {ExprList}
expr_list(A) ::= expr(E).                        { A = ast_exprs((ExprList){0}, E); }
expr_list(A) ::= expr_list(L) COMMA expr(E).     { A = ast_exprs(L, E); }

/* --- expressions: conditions --- */

expr(A) ::= term(T).                             { A = T; }
expr(A) ::= expr(L) OR expr(R).                  { A = ast_binary(b, BINARY_OR, L, R); }
expr(A) ::= expr(L) AND expr(R).                 { A = ast_binary(b, BINARY_AND, L, R); }
expr(A) ::= NOT(T) expr(E).                      { A = ast_unary(b, UNARY_NOT, T, E); }
expr(A) ::= expr(L) EQ expr(R).                  { A = ast_binary(b, BINARY_EQ, L, R); }
expr(A) ::= expr(L) NE expr(R).                  { A = ast_binary(b, BINARY_NE, L, R); }
expr(A) ::= expr(L) LT expr(R).                  { A = ast_binary(b, BINARY_LT, L, R); }
expr(A) ::= expr(L) LE expr(R).                  { A = ast_binary(b, BINARY_LE, L, R); }
expr(A) ::= expr(L) GT expr(R).                  { A = ast_binary(b, BINARY_GT, L, R); }
expr(A) ::= expr(L) GE expr(R).                  { A = ast_binary(b, BINARY_GE, L, R); }
expr(A) ::= expr(L) OVERLAPS expr(R).            { A = ast_binary(b, BINARY_OVERLAPS, L, R); }
expr(A) ::= expr(L) CONTAINS expr(R).            { A = ast_binary(b, BINARY_CONTAINS, L, R); }
expr(A) ::= expr(L) EQUALS expr(R).              { A = ast_binary(b, BINARY_PERIOD_EQUALS, L, R); }
expr(A) ::= expr(L) PRECEDES expr(R).            { A = ast_binary(b, BINARY_PRECEDES, L, R); }
expr(A) ::= expr(L) SUCCEEDS expr(R).            { A = ast_binary(b, BINARY_SUCCEEDS, L, R); }
expr(A) ::= expr(L) IMMEDIATELY_OPERATOR PRECEDES expr(R). [PRECEDES]
    { A = ast_binary(b, BINARY_IMMEDIATELY_PRECEDES, L, R); }
expr(A) ::= expr(L) IMMEDIATELY_OPERATOR SUCCEEDS expr(R). [SUCCEEDS]
    { A = ast_binary(b, BINARY_IMMEDIATELY_SUCCEEDS, L, R); }
expr(A) ::= expr(L) IS DISTINCT FROM expr(R). [EQ] { A = ast_binary(b, BINARY_DISTINCT, L, R); }
expr(A) ::= expr(L) IS NOT DISTINCT FROM expr(R). [EQ]
    { A = ast_binary(b, BINARY_NOT_DISTINCT, L, R); }
expr(A) ::= expr(E) IS is_test(T).               { A = ast_is(b, E, false, T); }
expr(A) ::= expr(E) IS NOT is_test(T). [IS]      { A = ast_is(b, E, true, T); }

%type is_test {IsTest}
is_test(A) ::= NULL.                             { A = IS_TEST_NULL; }
is_test(A) ::= TRUE.                             { A = IS_TEST_TRUE; }
is_test(A) ::= FALSE.                            { A = IS_TEST_FALSE; }
is_test(A) ::= UNKNOWN.                          { A = IS_TEST_UNKNOWN; }
is_test(A) ::= JSON. [LOWEST]                    { A = IS_TEST_JSON; }
is_test(A) ::= JSON VALUE.                       { A = IS_TEST_JSON_VALUE; }
is_test(A) ::= JSON SCALAR.                      { A = IS_TEST_JSON_SCALAR; }
is_test(A) ::= JSON ARRAY.                       { A = IS_TEST_JSON_ARRAY; }
is_test(A) ::= JSON OBJECT.                      { A = IS_TEST_JSON_OBJECT; }

%type like_op {LikeKind}
like_op(A) ::= LIKE.                             { A = LIKE_LIKE; }
like_op(A) ::= ILIKE.                            { A = LIKE_ILIKE; }
like_op(A) ::= SIMILAR TO.                       { A = LIKE_SIMILAR; }
like_op(A) ::= RLIKE.                            { A = LIKE_RLIKE; }
%type escape {Expr *}
escape(A) ::= .                                  { A = NULL; }
escape(A) ::= ESCAPE term(E).                    { A = E; }
expr(A) ::= expr(E) like_op(K) term(P) escape(C). [LIKE] { A = ast_like(b, K, false, E, P, C); }
expr(A) ::= expr(E) NOT_IN_LIKE like_op(K) term(P) escape(C). [LIKE]
    { A = ast_like(b, K, true, E, P, C); }

%type symmetry {bool}
symmetry(A) ::= .                                { A = false; }
symmetry(A) ::= ASYMMETRIC.                      { A = false; }
symmetry(A) ::= SYMMETRIC.                       { A = true; }
expr(A) ::= expr(E) BETWEEN symmetry(S) term(L) AND term(H). [BETWEEN]
    { A = ast_between(b, false, S, E, L, H); }
expr(A) ::= expr(E) NOT_IN_LIKE BETWEEN symmetry(S) term(L) AND term(H). [BETWEEN]
    { A = ast_between(b, true, S, E, L, H); }

expr(A) ::= expr(E) IN LP expr_list(L) RP. [IN]  { A = ast_in(b, false, E, L, NULL); }
expr(A) ::= expr(E) IN subquery(Q). [IN]         { A = ast_in(b, false, E, (ExprList){0}, Q); }
expr(A) ::= expr(E) NOT_IN_LIKE IN LP expr_list(L) RP. [IN] { A = ast_in(b, true, E, L, NULL); }
expr(A) ::= expr(E) NOT_IN_LIKE IN subquery(Q). [IN] { A = ast_in(b, true, E, (ExprList){0}, Q); }

%type quantified {Quantified}
quantified(A) ::= ANY LP expr_list(L) RP.        { A = (Quantified){false, L, NULL}; }
quantified(A) ::= ANY subquery(Q).               { A = (Quantified){false, {0}, Q}; }
quantified(A) ::= ALL LP expr_list(L) RP.        { A = (Quantified){true, L, NULL}; }
quantified(A) ::= ALL subquery(Q).               { A = (Quantified){true, {0}, Q}; }
expr(A) ::= expr(E) EQ quantified(Q).            { A = ast_quantified(b, BINARY_EQ, E, Q); }
expr(A) ::= expr(E) NE quantified(Q).            { A = ast_quantified(b, BINARY_NE, E, Q); }
expr(A) ::= expr(E) LT quantified(Q).            { A = ast_quantified(b, BINARY_LT, E, Q); }
expr(A) ::= expr(E) LE quantified(Q).            { A = ast_quantified(b, BINARY_LE, E, Q); }
expr(A) ::= expr(E) GT quantified(Q).            { A = ast_quantified(b, BINARY_GT, E, Q); }
expr(A) ::= expr(E) GE quantified(Q).            { A = ast_quantified(b, BINARY_GE, E, Q); }

/* --- expressions: terms --- */

term(A) ::= term(L) PLUS term(R).                { A = ast_binary(b, BINARY_ADD, L, R); }
term(A) ::= term(L) SIGN_MINUS term(R).          { A = ast_binary(b, BINARY_SUBTRACT, L, R); }
term(A) ::= term(L) STAR term(R).                { A = ast_binary(b, BINARY_MULTIPLY, L, R); }
term(A) ::= term(L) SLASH term(R).               { A = ast_binary(b, BINARY_DIVIDE, L, R); }
term(A) ::= term(L) PERCENT term(R).             { A = ast_binary(b, BINARY_MODULO, L, R); }
term(A) ::= term(L) CONCAT term(R).              { A = ast_binary(b, BINARY_CONCAT, L, R); }
term(A) ::= SIGN_MINUS(T) term(E). [SIGN]        { A = ast_unary(b, UNARY_MINUS, T, E); }
term(A) ::= PLUS(T) term(E). [SIGN]              { A = ast_unary(b, UNARY_PLUS, T, E); }
term(A) ::= term(L) AT_ZONE TIME ZONE term(R). [AT_ZONE]
    { A = ast_binary(b, BINARY_AT_TIME_ZONE, L, R); }
term(A) ::= term(E) AT_ZONE LOCAL. [AT_ZONE]     { A = ast_at_local(b, E); }
term(A) ::= term(E) LBRACKET expr(I) RBRACKET.   { A = ast_element(b, E, I); }
term(A) ::= term(E) DOT name(N).                 { A = ast_dot(b, E, N); }
term(A) ::= name(N).                             { A = ast_column(b, N); }
term(A) ::= literal(E).                          { A = E; }
term(A) ::= call(E). [LOWEST]                    { A = E; }
term(A) ::= EXISTS(T) subquery(Q).               { A = ast_exists(b, T, Q); }
term(A) ::= subquery(Q). [LOWEST]                { A = ast_subquery(b, Q); }
term(A) ::= LP(T) expr(E) RP.                    { A = ast_parenthesised(b, T, E); }
term(A) ::= LP(T) expr(E) RP interval_qualifier(Q). { A = ast_difference(b, T, E, Q); }
term(A) ::= INTERVAL_LITERAL(T) interval_count(N) interval_field(Q). [LOWEST]
    { A = ast_interval_times(b, T, N, Q); }
term(A) ::= INTERVAL_LITERAL(T) PLUS interval_count(N) interval_field(Q). [LOWEST]
    { A = ast_interval_times(b, T, N, Q); }
term(A) ::= INTERVAL_LITERAL(T) SIGN_MINUS(S) interval_count(N) interval_field(Q). [LOWEST]
    { A = ast_interval_times(b, T, ast_unary(b, UNARY_MINUS, S, N), Q); }
%type interval_count {Expr *}
interval_count(A) ::= INTEGER(N).                { A = ast_literal(b, LITERAL_INTEGER, N); }
interval_count(A) ::= column_path(C).            { A = C; }
interval_count(A) ::= LP expr(E) RP.             { A = E; }
%type column_path {Expr *}
column_path(A) ::= name(N).                      { A = ast_column(b, N); }
column_path(A) ::= column_path(E) DOT name(N).   { A = ast_dot(b, E, N); }
term(A) ::= LP(T) expr(E) COMMA expr_list(L) RP.
    { A = ast_row(b, T, false, ast_exprs_front(E, L)); }
term(A) ::= ROW_OPEN(T) LP expr_list(L) RP.      { A = ast_row(b, T, true, L); }
term(A) ::= ARRAY_OPEN(T) LBRACKET RBRACKET.     { A = ast_items(b, EXPR_ARRAY, T, (ExprList){0}); }
term(A) ::= ARRAY_OPEN(T) LBRACKET expr_list(L) RBRACKET. { A = ast_items(b, EXPR_ARRAY, T, L); }
term(A) ::= ARRAY_OPEN(T) subquery(Q).           { A = ast_items_query(b, EXPR_ARRAY, T, Q); }
term(A) ::= MAP_OPEN(T) LBRACKET RBRACKET.       { A = ast_items(b, EXPR_MAP, T, (ExprList){0}); }
term(A) ::= MAP_OPEN(T) LBRACKET expr_list(L) RBRACKET. { A = ast_items(b, EXPR_MAP, T, L); }
term(A) ::= MULTISET_OPEN(T) LBRACKET RBRACKET.
    { A = ast_items(b, EXPR_MULTISET, T, (ExprList){0}); }
term(A) ::= MULTISET_OPEN(T) LBRACKET expr_list(L) RBRACKET.
    { A = ast_items(b, EXPR_MULTISET, T, L); }
term(A) ::= MULTISET_OPEN(T) subquery(Q).        { A = ast_items_query(b, EXPR_MULTISET, T, Q); }

term(A) ::= CASE(T) whens(W) otherwise(E) END.   { A = ast_case(b, T, NULL, W, E); }
term(A) ::= CASE(T) expr(O) whens(W) otherwise(E) END. { A = ast_case(b, T, O, W, E); }
%type whens {CaseWhenList}
whens(A) ::= WHEN expr_list(C) THEN expr(E).          { A = ast_whens(b, (CaseWhenList){0}, C, E); }
whens(A) ::= whens(L) WHEN expr_list(C) THEN expr(E). { A = ast_whens(b, L, C, E); }
otherwise(A) ::= .                               { A = NULL; }
otherwise(A) ::= ELSE expr(E).                   { A = E; }

term(A) ::= CAST(T) LP expr(E) AS type(Y) RP.    { A = ast_cast(b, T, false, E, Y); }
term(A) ::= TRY_CAST(T) LP expr(E) AS type(Y) RP.{ A = ast_cast(b, T, true, E, Y); }

/* --- literals --- */

literal(A) ::= NULL(T).                          { A = ast_literal(b, LITERAL_NULL, T); }
literal(A) ::= TRUE(T).                          { A = ast_literal(b, LITERAL_TRUE, T); }
literal(A) ::= FALSE(T).                         { A = ast_literal(b, LITERAL_FALSE, T); }
literal(A) ::= UNKNOWN(T).                       { A = ast_literal(b, LITERAL_UNKNOWN, T); }
literal(A) ::= number(E).                        { A = E; }
literal(A) ::= STRING(T).                        { A = ast_literal(b, LITERAL_STRING, T); }
literal(A) ::= ESTRING(T).                       { A = ast_literal(b, LITERAL_STRING, T); }
literal(A) ::= USTRING(T).                       { A = ast_literal(b, LITERAL_STRING, T); }
literal(A) ::= USTRING(T) UESCAPE STRING.        { A = ast_literal(b, LITERAL_STRING, T); }
literal(A) ::= BINARY(T).                        { A = ast_literal(b, LITERAL_BINARY, T); }
literal(A) ::= ID(N) STRING(T).                  { A = ast_typed_literal(b, N, T); }
literal(A) ::= ID(N) WITH_ZONE LOCAL TIME ZONE STRING(T). { A = ast_local_timestamp(b, N, T); }
literal(A) ::= INTERVAL_LITERAL(T) STRING(S) interval_qualifier(Q).
    { A = ast_interval(b, T, false, S, Q); }
literal(A) ::= INTERVAL_LITERAL(T) PLUS STRING(S) interval_qualifier(Q).
    { A = ast_interval(b, T, false, S, Q); }
literal(A) ::= INTERVAL_LITERAL(T) SIGN_MINUS STRING(S) interval_qualifier(Q).
    { A = ast_interval(b, T, true, S, Q); }
number(A) ::= INTEGER(T).                        { A = ast_literal(b, LITERAL_INTEGER, T); }
number(A) ::= DECIMAL(T).                        { A = ast_literal(b, LITERAL_DECIMAL, T); }
number(A) ::= DOUBLE(T).                         { A = ast_literal(b, LITERAL_DOUBLE, T); }

%type interval_qualifier {IntervalQualifier *}  %type interval_field {IntervalQualifier *}
interval_qualifier(A) ::= interval_field(F). [LOWEST] { A = F; }
interval_qualifier(A) ::= interval_field(F) TO interval_field(G). { A = ast_interval_to(b, F, G); }
interval_field(A) ::= UNIT(T).                   { A = ast_interval_field(b, T, NULL, NULL); }
interval_field(A) ::= UNIT(T) LP INTEGER(P) RP.  { A = ast_interval_field(b, T, &P, NULL); }
interval_field(A) ::= UNIT(T) LP INTEGER(P) COMMA INTEGER(F) RP.
    { A = ast_interval_field(b, T, &P, &F); }
unit(A) ::= UNIT(T).                             { A = ast_unit(b, T); }
unit(A) ::= UNIT_PART(T).                        { A = ast_unit(b, T); }

/* --- calls --- */

call(A) ::= name(N) LP call_args(C) RP.          { A = ast_call(b, N, C); }
call(A) ::= term(E) DOT name(N) LP call_args(C) RP. { A = ast_call_qualified(b, E, N, C); }
call(A) ::= FRAME_CALL(T) name(N) LP call_args(C) RP.
    { A = ast_call_frame(b, T, ast_call(b, N, C)); }
call(A) ::= LEFT(T) LP call_args(C) RP.          { A = ast_call(b, ast_name(b, T), C); }
call(A) ::= RIGHT(T) LP call_args(C) RP.         { A = ast_call(b, ast_name(b, T), C); }
call(A) ::= BARE_FUNCTION(T) LP call_args(C) RP. { A = ast_call(b, ast_name(b, T), C); }
call(A) ::= BARE_FUNCTION(T).                    { A = ast_call_bare(b, T); }
call(A) ::= UNIT_FUNCTION(T) LP unit(U) COMMA expr(X) COMMA expr(Y) RP.
    { A = ast_call_special(b, CALL_PLAIN, T, U, X, Y); }
call(A) ::= EXTRACT(T) LP unit(U) FROM expr(E) RP.
    { A = ast_call_special(b, CALL_EXTRACT, T, U, E, NULL); }
call(A) ::= POSITION(T) LP term(X) IN term(Y) RP.
    { A = ast_call_special(b, CALL_IN, T, X, Y, NULL); }
call(A) ::= POSITION(T) LP term(X) IN term(Y) FROM expr(Z) RP.
    { A = ast_call_special(b, CALL_IN, T, X, Y, Z); }
call(A) ::= TRIM(T) LP call_args(C) RP.          { A = ast_call_trim_plain(b, T, C); }
call(A) ::= TRIM(T) LP trim_side(S) FROM expr(E) RP. { A = ast_call_trim(b, T, S, NULL, E); }
call(A) ::= TRIM(T) LP trim_side(S) expr(C) FROM expr(E) RP. { A = ast_call_trim(b, T, S, C, E); }
%type trim_side {TrimSide}
trim_side(A) ::= BOTH.                           { A = TRIM_BOTH; }
trim_side(A) ::= LEADING.                        { A = TRIM_LEADING; }
trim_side(A) ::= TRAILING.                       { A = TRIM_TRAILING; }

call(A) ::= call(E) FILTER LP WHERE expr(C) RP.  { A = ast_call_filter(b, E, C); }
call(A) ::= call(E) WITHIN_GROUP GROUP LP ORDER BY order_list(L) RP.
    { A = ast_call_within(b, E, L); }
call(A) ::= call(E) NULLS_TREATMENT(T) NULLS.    { A = ast_call_nulls(b, E, T); }
call(A) ::= call(E) OVER name(N). { A = ast_call_over(b, E, ast_window_named(b, N)); }
call(A) ::= call(E) OVER window_spec(W).         { A = ast_call_over(b, E, W); }

%type call_args {Call *}  %type args_core {Call *}
call_args(A) ::= . { A = ast_args(b, CALL_QUANTIFIER_NONE, (ExprList){0}); }
call_args(A) ::= args_core(C).                   { A = C; }
args_core(A) ::= args_start(C).                  { A = C; }
args_core(A) ::= args_start(C) NULLS_TREATMENT(T) NULLS. { A = ast_args_nulls(b, C, T); }
%type args_start {Call *}
args_start(A) ::= arg_list(L).                   { A = ast_args(b, CALL_QUANTIFIER_NONE, L); }
args_start(A) ::= DISTINCT arg_list(L).          { A = ast_args(b, CALL_DISTINCT, L); }
args_start(A) ::= ALL arg_list(L).               { A = ast_args(b, CALL_ALL, L); }
args_start(A) ::= expr(X) FROM expr(Y). { A = ast_args_special(b, CALL_FROM, X, Y, NULL, NULL); }
args_start(A) ::= expr(X) FROM expr(Y) FOR expr(Z).
    { A = ast_args_special(b, CALL_FROM, X, Y, Z, NULL); }
args_start(A) ::= expr(X) PLACING expr(Y) FROM expr(Z).
    { A = ast_args_special(b, CALL_PLACING, X, Y, Z, NULL); }
args_start(A) ::= expr(X) PLACING expr(Y) FROM expr(Z) FOR expr(W).
    { A = ast_args_special(b, CALL_PLACING, X, Y, Z, W); }
args_start(A) ::= expr(X) TO unit(U). { A = ast_args_special(b, CALL_TO, X, U, NULL, NULL); }
args_core(A) ::= args_core(C) ORDER BY order_list(L). { A = ast_args_order(b, C, L); }
/* JSON functions */
args_core(A) ::= NULL ON NULL. { A = ast_args_only_on_null(b, JSON_BEHAVIOR_NULL); }
args_core(A) ::= ABSENT_ON ON NULL. { A = ast_args_only_on_null(b, JSON_BEHAVIOR_ABSENT); }
args_core(A) ::= args_core(C) json_behavior(J) ON NULL. { A = ast_args_on_null(b, C, J); }
args_core(A) ::= args_core(C) json_behavior(J) ON EMPTY. { A = ast_args_on_empty(b, C, J); }
args_core(A) ::= args_core(C) json_behavior(J) ON ERROR. { A = ast_args_on_error(b, C, J); }
args_core(A) ::= args_core(C) RETURNING type_base(Y). { A = ast_args_returning(b, C, Y); }
args_core(A) ::= args_core(C) WITHOUT json_array WRAPPER.
    { A = ast_args_wrapper(b, C, JSON_WITHOUT_WRAPPER); }
args_core(A) ::= args_core(C) WITH json_array WRAPPER.
    { A = ast_args_wrapper(b, C, JSON_WITH_WRAPPER); }
args_core(A) ::= args_core(C) WITH UNCONDITIONAL json_array WRAPPER.
    { A = ast_args_wrapper(b, C, JSON_WITH_WRAPPER); }
args_core(A) ::= args_core(C) WITH CONDITIONAL json_array WRAPPER.
    { A = ast_args_wrapper(b, C, JSON_WITH_CONDITIONAL_WRAPPER); }
json_array ::= .
json_array ::= ARRAY.
%type json_behavior {JsonBehavior}
json_behavior(A) ::= NULL.                       { A = ast_json(JSON_BEHAVIOR_NULL, NULL); }
json_behavior(A) ::= ABSENT_ON.                  { A = ast_json(JSON_BEHAVIOR_ABSENT, NULL); }
json_behavior(A) ::= ERROR.                      { A = ast_json(JSON_BEHAVIOR_ERROR, NULL); }
json_behavior(A) ::= EMPTY.                      { A = ast_json(JSON_BEHAVIOR_EMPTY, NULL); }
json_behavior(A) ::= EMPTY ARRAY.                { A = ast_json(JSON_BEHAVIOR_EMPTY_ARRAY, NULL); }
json_behavior(A) ::= EMPTY OBJECT.               { A = ast_json(JSON_BEHAVIOR_EMPTY_OBJECT, NULL); }
json_behavior(A) ::= TRUE.                       { A = ast_json(JSON_BEHAVIOR_TRUE, NULL); }
json_behavior(A) ::= FALSE.                      { A = ast_json(JSON_BEHAVIOR_FALSE, NULL); }
json_behavior(A) ::= UNKNOWN.                    { A = ast_json(JSON_BEHAVIOR_UNKNOWN, NULL); }
json_behavior(A) ::= DEFAULT expr(E).            { A = ast_json(JSON_BEHAVIOR_DEFAULT, E); }

%type arg_list {ExprList}
arg_list(A) ::= arg(E).                          { A = ast_exprs((ExprList){0}, E); }
arg_list(A) ::= arg_list(L) COMMA arg(E).        { A = ast_exprs(L, E); }
arg(A) ::= arg_value(E).                         { A = E; }
arg(A) ::= name(N) ARROW arg_value(E).           { A = ast_named_arg(b, N, E); }
arg(A) ::= KEY_PAIR(T) expr(K) VALUE expr(V).    { A = ast_pair(b, &T, K, V); }
arg(A) ::= expr(K) VALUE expr(V).                { A = ast_pair(b, NULL, K, V); }
arg(A) ::= expr(K) COLON expr(V).                { A = ast_pair(b, NULL, K, V); }
arg_value(A) ::= expr(E).                        { A = E; }
arg_value(A) ::= star(E).                        { A = E; }
arg_value(A) ::= DEFAULT(T).                     { A = ast_default(b, T); }
arg_value(A) ::= DESCRIPTOR(T) LP name_list(L) RP. { A = ast_descriptor(b, T, L); }
arg_value(A) ::= TABLE(T) names(N) table_arg_keys(K). { A = ast_table_arg(b, T, N, K); }
arg_value(A) ::= TABLE(T) subquery(Q) table_arg_keys(K). { A = ast_table_arg_query(b, T, Q, K); }
arg_value(A) ::= expr(E) PARTITION BY expr(P) table_arg_order(O).
    { A = ast_table_arg_expr(b, E, ast_table_arg_keys(P, O)); }
%type table_arg_keys {TableArgKeys}
table_arg_keys(A) ::= . [LOWEST]                 { A = (TableArgKeys){0}; }
table_arg_keys(A) ::= PARTITION BY expr(P). [LOWEST] { A = ast_table_arg_keys(P, NULL); }
table_arg_keys(A) ::= ORDER BY order_item(O).    { A = ast_table_arg_keys(NULL, O); }
table_arg_keys(A) ::= PARTITION BY expr(P) ORDER BY order_item(O). { A = ast_table_arg_keys(P, O); }
%type table_arg_order {OrderItem *}
table_arg_order(A) ::= . [LOWEST]                { A = NULL; }
table_arg_order(A) ::= ORDER BY order_item(O).   { A = O; }

star(A) ::= STAR(T).                             { A = ast_star(b, NULL, T); }
star(A) ::= term(E) DOT STAR(T).                 { A = ast_star(b, E, T); }

/* --- types --- */

%type type {TypeName *}  %type type_base {TypeName *}
type(A) ::= type_base(T).                        { A = T; }
type(A) ::= type_base(T) NOT NULL.               { A = ast_type_nullable(b, T, TYPE_NOT_NULL); }
type(A) ::= type_base(T) NULL.                   { A = ast_type_nullable(b, T, TYPE_NULLABLE); }
type_base(A) ::= names(N) type_args(L).          { A = ast_type(b, N, L, TYPE_ZONE_UNSAID); }
type_base(A) ::= names(N) type_args(L) WITH_ZONE TIME ZONE.
    { A = ast_type(b, N, L, TYPE_ZONE_WITH); }
type_base(A) ::= names(N) type_args(L) WITH_ZONE LOCAL TIME ZONE.
    { A = ast_type(b, N, L, TYPE_ZONE_LOCAL); }
type_base(A) ::= names(N) type_args(L) WITHOUT_ZONE TIME ZONE.
    { A = ast_type(b, N, L, TYPE_ZONE_WITHOUT); }
type_base(A) ::= name(N) PRECISION(T).           { A = ast_type_words(b, N, T, (ExprList){0}); }
type_base(A) ::= name(N) VARYING(T) type_args(L).{ A = ast_type_words(b, N, T, L); }
type_base(A) ::= ROW(T) LT row_fields(L) GT.     { A = ast_type_row(b, T, L); }
type_base(A) ::= ROW(T) NE.                      { A = ast_type_row(b, T, (RowFieldList){0}); }
type_base(A) ::= ROW_OPEN(T) LP row_fields(L) RP.{ A = ast_type_row(b, T, L); }
type_base(A) ::= ROW_OPEN(T) LP RP.              { A = ast_type_row(b, T, (RowFieldList){0}); }
type_base(A) ::= ARRAY(T) LT type(E) GT.         { A = ast_type_of(b, TYPE_NAME_ARRAY, T, E); }
type_base(A) ::= MULTISET(T) LT type(E) GT.      { A = ast_type_of(b, TYPE_NAME_MULTISET, T, E); }
type_base(A) ::= type_base(E) ARRAY.             { A = ast_type_suffix(b, TYPE_NAME_ARRAY, E); }
type_base(A) ::= type_base(E) MULTISET.          { A = ast_type_suffix(b, TYPE_NAME_MULTISET, E); }
type_base(A) ::= MAP(T) LT type(K) COMMA type(V) GT. { A = ast_type_map(b, T, K, V); }
type_base(A) ::= INTERVAL(T) interval_qualifier(Q). { A = ast_type_interval(b, T, Q); }
%type type_args {ExprList}  %type type_arg_list {ExprList}
type_args(A) ::= .                               { A = (ExprList){0}; }
type_args(A) ::= LP type_arg_list(L) RP.         { A = L; }
type_arg_list(A) ::= literal(E).                 { A = ast_exprs((ExprList){0}, E); }
type_arg_list(A) ::= type_arg_list(L) COMMA literal(E). { A = ast_exprs(L, E); }
%type row_fields {RowFieldList}
row_fields(A) ::= row_field(F).                  { A = ast_row_fields((RowFieldList){0}, F); }
row_fields(A) ::= row_fields(L) COMMA row_field(F). { A = ast_row_fields(L, F); }
%type row_field {RowField *}
row_field(A) ::= name(N) type(T).                { A = ast_row_field(b, N, T, NULL); }
row_field(A) ::= name(N) type(T) STRING(C).      { A = ast_row_field(b, N, T, &C); }

/* --- queries --- */

%type query {Query *}  %type query_bare {Query *}  %type query_body {Query *}
%type query_plain {Query *}  %type subquery {Query *}
query(A) ::= query_bare(Q).                      { A = Q; }
query(A) ::= subquery(Q).                        { A = Q; }
subquery(A) ::= LP query_bare(Q) RP.             { A = Q; }
subquery(A) ::= LP subquery(Q) RP.               { A = Q; }
query_bare(A) ::= query_plain(Q). [LOWEST]       { A = Q; }
query_bare(A) ::= query_body(Q) order_by(O).     { A = ast_query_tail(b, Q, O, (Limits){0}); }
query_bare(A) ::= query_body(Q) limits(L).       { A = ast_query_tail(b, Q, (OrderList){0}, L); }
query_bare(A) ::= query_body(Q) order_by(O) limits(L). { A = ast_query_tail(b, Q, O, L); }
query_bare(A) ::= with(W) query_body(Q).         { A = ast_query_with(b, W, Q); }
query_bare(A) ::= with(W) query_body(Q) order_by(O).
    { A = ast_query_with(b, W, ast_query_tail(b, Q, O, (Limits){0})); }
query_bare(A) ::= with(W) query_body(Q) limits(L).
    { A = ast_query_with(b, W, ast_query_tail(b, Q, (OrderList){0}, L)); }
query_bare(A) ::= with(W) query_body(Q) order_by(O) limits(L).
    { A = ast_query_with(b, W, ast_query_tail(b, Q, O, L)); }
query_body(A) ::= query_plain(Q). [LOWEST]       { A = Q; }
query_body(A) ::= subquery(Q). [LOWEST]          { A = Q; }
query_plain(A) ::= select(S).                    { A = ast_query_select(b, S); }
query_plain(A) ::= VALUES(T) expr_list(L). [LOWEST] { A = ast_query_values(b, T, L); }
query_plain(A) ::= TABLE(T) names(N).            { A = ast_query_table(b, T, N); }
query_plain(A) ::= query_body(L) UNION set_all(Q) query_body(R).
    { A = ast_query_set(b, QUERY_SET_UNION, Q, L, R); }
query_plain(A) ::= query_body(L) EXCEPT set_all(Q) query_body(R).
    { A = ast_query_set(b, QUERY_SET_EXCEPT, Q, L, R); }
query_plain(A) ::= query_body(L) MINUS set_all(Q) query_body(R).
    { A = ast_query_set(b, QUERY_SET_EXCEPT, Q, L, R); }
query_plain(A) ::= query_body(L) INTERSECT set_all(Q) query_body(R).
    { A = ast_query_set(b, QUERY_SET_INTERSECT, Q, L, R); }
%type set_all {bool}
set_all(A) ::= .                                 { A = false; }
set_all(A) ::= DISTINCT.                         { A = false; }
set_all(A) ::= ALL.                              { A = true; }

%type order_by {OrderList}  %type order_list {OrderList}  %type order_item {OrderItem *}
order_by(A) ::= ORDER BY order_list(L).          { A = L; }
order_list(A) ::= order_item(I).                 { A = ast_orders((OrderList){0}, I); }
order_list(A) ::= order_list(L) COMMA order_item(I). { A = ast_orders(L, I); }
order_item(A) ::= expr(E) direction(D) order_nulls(N). { A = ast_order(b, E, D, N); }
%type direction {OrderDirection}
direction(A) ::= .                               { A = ORDER_UNSAID; }
direction(A) ::= ASC.                            { A = ORDER_ASC; }
direction(A) ::= DESC.                           { A = ORDER_DESC; }
%type order_nulls {OrderNulls}
order_nulls(A) ::= .                             { A = ORDER_NULLS_UNSAID; }
order_nulls(A) ::= NULLS FIRST.                  { A = ORDER_NULLS_FIRST; }
order_nulls(A) ::= NULLS LAST.                   { A = ORDER_NULLS_LAST; }

%type limits {Limits}  %type limit {Limits}  %type fetch {Limits}  %type offset {Limits}
limits(A) ::= limit(L).                          { A = L; }
limits(A) ::= fetch(L).                          { A = L; }
limits(A) ::= offset(O).                         { A = O; }
limits(A) ::= limit(L) offset(O).                { A = ast_limits(L, O); }
limits(A) ::= offset(O) limit(L).                { A = ast_limits(L, O); }
limits(A) ::= offset(O) fetch(L).                { A = ast_limits(L, O); }
limit(A) ::= LIMIT expr(E).                      { A = ast_limit(LIMIT_LIMIT, E); }
limit(A) ::= LIMIT ALL.                          { A = ast_limit(LIMIT_ALL, NULL); }
fetch(A) ::= FETCH fetch_first rows ONLY.        { A = ast_limit(LIMIT_FETCH, ast_one(b)); }
fetch(A) ::= FETCH fetch_first expr(E) rows ONLY.{ A = ast_limit(LIMIT_FETCH, E); }
fetch_first ::= FIRST.
fetch_first ::= NEXT.
fetch_first ::= NEXT_ROW. [LOWEST]
rows ::= ROW.
rows ::= ROWS.
offset(A) ::= OFFSET expr(E). [LOWEST]           { A = ast_offset(E); }
offset(A) ::= OFFSET expr(E) rows.               { A = ast_offset(E); }

%type with {With}
with(A) ::= WITH(T) ctes(L).                     { A = (With){T.span, L, false}; }
with(A) ::= WITH(T) RECURSIVE ctes(L).           { A = (With){T.span, L, true}; }
%type ctes {CteList}
ctes(A) ::= cte(C).                              { A = ast_ctes((CteList){0}, C); }
ctes(A) ::= ctes(L) COMMA cte(C).                { A = ast_ctes(L, C); }
%type cte {Cte *}
cte(A) ::= name(N) column_names(L) AS subquery(Q). { A = ast_cte(b, N, L, Q); }

%type select {Select *}  %type select_head {Select *}
select(A) ::= select_head(S).                    { A = S; }
select(A) ::= select_head(S) FROM joined(T) where(W) group_by(G) having(H) windows(N) qualify(Q).
    { A = ast_select_from(b, S, T, W, G, H, N, Q); }
select_head(A) ::= SELECT(T) hints(H) select_quantifier(Q) select_items(L).
    { A = ast_select(b, T, H, Q, L); }
%type select_quantifier {SelectQuantifier}
select_quantifier(A) ::= .                       { A = SELECT_UNSAID; }
select_quantifier(A) ::= ALL.                    { A = SELECT_ALL; }
select_quantifier(A) ::= DISTINCT.               { A = SELECT_DISTINCT; }
%type select_items {SelectItemList}
select_items(A) ::= select_item(I).              { A = ast_select_items((SelectItemList){0}, I); }
select_items(A) ::= select_items(L) COMMA select_item(I). { A = ast_select_items(L, I); }
%type select_item {SelectItem *}
select_item(A) ::= expr(E).                      { A = ast_select_item(b, E, NULL); }
select_item(A) ::= expr(E) name(N).              { A = ast_select_item(b, E, N); }
select_item(A) ::= expr(E) AS name(N).           { A = ast_select_item(b, E, N); }
select_item(A) ::= star(E).                      { A = ast_select_item(b, E, NULL); }

%type where {Expr *}
where(A) ::= .                                   { A = NULL; }
where(A) ::= WHERE expr(E).                      { A = E; }
%type having {Expr *}
having(A) ::= .                                  { A = NULL; }
having(A) ::= HAVING expr(E).                    { A = E; }
%type qualify {Expr *}
qualify(A) ::= .                                 { A = NULL; }
qualify(A) ::= QUALIFY expr(E).                  { A = E; }

%type group_by {GroupBy}
group_by(A) ::= .                                { A = (GroupBy){0}; }
group_by(A) ::= GROUP BY select_quantifier(Q) group_items(L). { A = (GroupBy){true, Q, L}; }
%type group_items {GroupItemList}
group_items(A) ::= group_item(I).                { A = ast_group_items((GroupItemList){0}, I); }
group_items(A) ::= group_items(L) COMMA group_item(I). { A = ast_group_items(L, I); }
%type group_item {GroupItem *}
group_item(A) ::= expr(E).                       { A = ast_group_expr(b, E); }
group_item(A) ::= LP(T) RP. { A = ast_group(b, GROUP_LIST, T, (GroupItemList){0}); }
group_item(A) ::= GROUPING_SETS(T) SETS LP group_items(L) RP.
    { A = ast_group(b, GROUP_SETS, T, L); }
group_item(A) ::= ROLLUP(T) LP group_items(L) RP.{ A = ast_group(b, GROUP_ROLLUP, T, L); }
group_item(A) ::= CUBE(T) LP group_items(L) RP.  { A = ast_group(b, GROUP_CUBE, T, L); }

%type windows {WindowDefList}
windows(A) ::= .                                 { A = (WindowDefList){0}; }
windows(A) ::= WINDOW window_defs(L).            { A = L; }
%type window_defs {WindowDefList}
window_defs(A) ::= window_def(D).                { A = ast_window_defs((WindowDefList){0}, D); }
window_defs(A) ::= window_defs(L) COMMA window_def(D). { A = ast_window_defs(L, D); }
%type window_def {WindowDef *}
window_def(A) ::= name(N) AS window_spec(W).     { A = ast_window_def(b, N, W); }
%type window_spec {WindowSpec *}
window_spec(A) ::= LP(T) window_parts(W) RP.     { A = ast_window(b, T, NULL, W); }
window_spec(A) ::= LP(T) name(N) window_parts(W) RP. { A = ast_window(b, T, N, W); }
/* Spelt out, so that each word is shifted in the state behind "(", where a name may stand. */
%type window_parts {WindowParts}
window_parts(A) ::= .                            { A = (WindowParts){0}; }
window_parts(A) ::= PARTITION BY expr_list(P).   { A = (WindowParts){.partition = P}; }
window_parts(A) ::= PARTITION BY expr_list(P) order_by(O).
    { A = (WindowParts){.partition = P, .order = O}; }
window_parts(A) ::= PARTITION BY expr_list(P) frame(F).
    { A = (WindowParts){.partition = P, .frame = F}; }
window_parts(A) ::= PARTITION BY expr_list(P) order_by(O) frame(F). { A = (WindowParts){P, O, F}; }
window_parts(A) ::= order_by(O).                 { A = (WindowParts){.order = O}; }
window_parts(A) ::= order_by(O) frame(F).        { A = (WindowParts){.order = O, .frame = F}; }
window_parts(A) ::= frame(F).                    { A = (WindowParts){.frame = F}; }
%type frame {WindowFrame}
frame(A) ::= frame_unit(U) frame_bound(B).       { A = ast_frame(U, B); }
frame(A) ::= frame_unit(U) BETWEEN frame_bound(B) AND frame_bound(E).
    { A = ast_frame_between(U, B, E); }
%type frame_unit {WindowFrameUnit}
frame_unit(A) ::= ROWS.                          { A = WINDOW_FRAME_ROWS; }
frame_unit(A) ::= RANGE.                         { A = WINDOW_FRAME_RANGE; }
%type frame_bound {WindowBound}
frame_bound(A) ::= UNBOUNDED_FRAME PRECEDING.
    { A = ast_bound(WINDOW_BOUND_UNBOUNDED_PRECEDING, NULL); }
frame_bound(A) ::= UNBOUNDED_FRAME FOLLOWING.
    { A = ast_bound(WINDOW_BOUND_UNBOUNDED_FOLLOWING, NULL); }
frame_bound(A) ::= CURRENT_ROW ROW.              { A = ast_bound(WINDOW_BOUND_CURRENT_ROW, NULL); }
frame_bound(A) ::= term(E) PRECEDING.            { A = ast_bound(WINDOW_BOUND_PRECEDING, E); }
frame_bound(A) ::= term(E) FOLLOWING.            { A = ast_bound(WINDOW_BOUND_FOLLOWING, E); }

%type hints {HintList}
hints(A) ::= .                                   { A = (HintList){0}; }
hints(A) ::= HINT_OPEN HINT_CLOSE.               { A = (HintList){0}; }
hints(A) ::= HINT_OPEN hint_list(L) HINT_CLOSE.  { A = L; }
%type hint_list {HintList}
hint_list(A) ::= hint(H).                        { A = ast_hints((HintList){0}, H); }
hint_list(A) ::= hint_list(L) hint(H).           { A = ast_hints(L, H); }
hint_list(A) ::= hint_list(L) COMMA hint(H).     { A = ast_hints(L, H); }
%type hint {Hint *}
hint(A) ::= name(N).                             { A = ast_hint(b, N, (HintArgList){0}); }
hint(A) ::= name(N) LP RP.                       { A = ast_hint(b, N, (HintArgList){0}); }
hint(A) ::= name(N) LP hint_args(L) RP.          { A = ast_hint(b, N, L); }
%type hint_args {HintArgList}
hint_args(A) ::= hint_arg(E).                    { A = ast_hint_args((HintArgList){0}, E); }
hint_args(A) ::= hint_args(L) COMMA hint_arg(E). { A = ast_hint_args(L, E); }
%type hint_arg {HintArg *}
hint_arg(A) ::= STRING(V).                       { A = ast_hint_value(b, V); }
hint_arg(A) ::= INTEGER(V).                      { A = ast_hint_value(b, V); }
hint_arg(A) ::= names(L).                        { A = ast_hint_names(b, L); }
hint_arg(A) ::= STRING(K) EQ STRING(V).          { A = ast_hint_pair(b, K, V); }
hint_arg(A) ::= ID(K) EQ STRING(V).              { A = ast_hint_pair(b, K, V); }

/* --- tables --- */

%type joined {TableRef *}  %type table_ref {TableRef *}  %type table_core {TableRef *}
joined(A) ::= table_ref(T).                      { A = T; }
joined(A) ::= joined(L) COMMA table_ref(R).      { A = ast_join(b, L, JOIN_SYNTAX_COMMA, R); }
joined(A) ::= joined(L) CROSS JOIN table_ref(R). { A = ast_join(b, L, JOIN_SYNTAX_CROSS, R); }
joined(A) ::= joined(L) join(K) table_ref(R).    { A = ast_join(b, L, K, R); }
joined(A) ::= joined(L) join(K) table_ref(R) ON expr(E).
    { A = ast_join_on(b, ast_join(b, L, K, R), E); }
joined(A) ::= joined(L) join(K) table_ref(R) USING LP name_list(C) RP.
    { A = ast_join_using(b, ast_join(b, L, K, R), C); }
joined(A) ::= joined(L) NATURAL join(K) table_ref(R). { A = ast_join_natural(ast_join(b, L, K, R)); }
%type join {JoinSyntax}
join(A) ::= JOIN.                                { A = JOIN_SYNTAX_INNER; }
join(A) ::= INNER JOIN.                          { A = JOIN_SYNTAX_INNER; }
join(A) ::= LEFT outer JOIN.                     { A = JOIN_SYNTAX_LEFT; }
join(A) ::= RIGHT outer JOIN.                    { A = JOIN_SYNTAX_RIGHT; }
join(A) ::= FULL outer JOIN.                     { A = JOIN_SYNTAX_FULL; }
join(A) ::= SEMI_JOIN JOIN.                      { A = JOIN_SYNTAX_SEMI; }
join(A) ::= ANTI_JOIN JOIN.                      { A = JOIN_SYNTAX_ANTI; }
join(A) ::= LEFT SEMI_JOIN JOIN.                 { A = JOIN_SYNTAX_SEMI; }
join(A) ::= LEFT ANTI_JOIN JOIN.                 { A = JOIN_SYNTAX_ANTI; }
outer ::= .
outer ::= OUTER.
table_ref(A) ::= table_core(T) alias(N).         { A = ast_table_alias(b, T, N); }
table_ref(A) ::= LP(S) joined(T) RP.             { A = ast_join_parenthesised(b, S, T); }
table_ref(A) ::= table_ref(T) MATCH_RECOGNIZE(S) LP match(M) RP alias(N).
    { A = ast_table_alias(b, ast_table_match(b, T, S, M), N); }
%type alias {Alias}
alias(A) ::= .                                   { A = (Alias){0}; }
alias(A) ::= name(N) column_names(L).            { A = (Alias){N, L}; }
alias(A) ::= AS name(N) column_names(L).         { A = (Alias){N, L}; }

table_core(A) ::= names(N) hints(H) as_of(T) sample(S). { A = ast_table_name(b, N, H, T, S); }
table_core(A) ::= subquery(Q). [LOWEST]          { A = ast_table_query(b, Q); }
table_core(A) ::= table_call(E).                 { A = ast_table_function(b, E); }
table_core(A) ::= unnest(T).                     { A = T; }
table_core(A) ::= TABLE(T) LP table_call(E) RP.  { A = ast_table_wrapped(b, T, E); }
table_core(A) ::= LATERAL(T) subquery(Q). { A = ast_table_lateral(b, T, ast_table_query(b, Q)); }
table_core(A) ::= LATERAL(T) table_call(E).
    { A = ast_table_lateral(b, T, ast_table_function(b, E)); }
table_core(A) ::= LATERAL(T) unnest(U).          { A = ast_table_lateral(b, T, U); }
table_core(A) ::= LATERAL(S) TABLE(T) LP table_call(E) RP.
    { A = ast_table_lateral(b, S, ast_table_wrapped(b, T, E)); }
%type table_call {Expr *}
table_call(A) ::= names(N) LP call_args(C) RP.   { A = ast_call_names(b, N, C); }
%type unnest {TableRef *}
unnest(A) ::= UNNEST(T) LP expr_list(L) RP ordinality(O). { A = ast_table_unnest(b, T, L, O); }
%type as_of {Expr *}
as_of(A) ::= .                                   { A = NULL; }
as_of(A) ::= FOR SYSTEM_TIME AS OF term(E).      { A = E; }
%type sample {Sample}
sample(A) ::= .                                  { A = (Sample){0}; }
sample(A) ::= TABLESAMPLE sample_method(M) LP expr(E) RP. { A = (Sample){true, M, E, NULL}; }
sample(A) ::= TABLESAMPLE sample_method(M) LP expr(E) RP REPEATABLE LP expr(S) RP.
    { A = (Sample){true, M, E, S}; }
%type sample_method {bool}
sample_method(A) ::= SYSTEM.                     { A = false; }
sample_method(A) ::= BERNOULLI.                  { A = true; }
%type ordinality {bool}
ordinality(A) ::= .                              { A = false; }
ordinality(A) ::= WITH ORDINALITY.               { A = true; }

/* --- MATCH_RECOGNIZE --- */

%type match {MatchRecognize *}
match(A) ::= match_head(H) PATTERN LP pattern(P) RP within(W) subsets(S) DEFINE defines(D).
    { A = ast_match(b, H, P, W, S, D); }
%type match_head {MatchHead}
match_head(A) ::= match_partition(P) match_order(O) measures(M) match_rows(R) after_match(F)
             match_search(S).
    { A = (MatchHead){P, O, M, R, F, S}; }
%type match_partition {ExprList}
match_partition(A) ::= .                         { A = (ExprList){0}; }
match_partition(A) ::= PARTITION BY expr_list(L).{ A = L; }
%type match_order {OrderList}
match_order(A) ::= .                             { A = (OrderList){0}; }
match_order(A) ::= order_by(L).                  { A = L; }
%type measures {MeasureList}  %type measure_list {MeasureList}
measures(A) ::= .                                { A = (MeasureList){0}; }
measures(A) ::= MEASURES measure_list(L).        { A = L; }
measure_list(A) ::= expr(E) AS name(N).          { A = ast_measures(b, (MeasureList){0}, E, N); }
measure_list(A) ::= measure_list(L) COMMA expr(E) AS name(N). { A = ast_measures(b, L, E, N); }
%type match_rows {MatchRows}
match_rows(A) ::= .                              { A = MATCH_ROWS_UNSAID; }
match_rows(A) ::= ONE ROW PER MATCH.             { A = MATCH_ROWS_ONE; }
match_rows(A) ::= ALL ROWS PER MATCH.            { A = MATCH_ROWS_ALL; }
match_rows(A) ::= ALL ROWS PER MATCH SHOW EMPTY MATCHES. { A = MATCH_ROWS_ALL_SHOW_EMPTY; }
match_rows(A) ::= ALL ROWS PER MATCH OMIT EMPTY MATCHES. { A = MATCH_ROWS_ALL_OMIT_EMPTY; }
match_rows(A) ::= ALL ROWS PER MATCH WITH UNMATCHED ROWS. { A = MATCH_ROWS_ALL_WITH_UNMATCHED; }
%type after_match {AfterClause}
after_match(A) ::= .                             { A = (AfterClause){0}; }
after_match(A) ::= AFTER(T) MATCH SKIP PAST LAST ROW.
    { A = ast_after(b, T, AFTER_MATCH_PAST_LAST_ROW, NULL); }
after_match(A) ::= AFTER(T) MATCH SKIP TO NEXT_ROW ROW.
    { A = ast_after(b, T, AFTER_MATCH_NEXT_ROW, NULL); }
after_match(A) ::= AFTER(T) MATCH SKIP TO FIRST name(N).
    { A = ast_after(b, T, AFTER_MATCH_TO_FIRST, N); }
after_match(A) ::= AFTER(T) MATCH SKIP TO LAST name(N).
    { A = ast_after(b, T, AFTER_MATCH_TO_LAST, N); }
after_match(A) ::= AFTER(T) MATCH SKIP TO name(N). { A = ast_after(b, T, AFTER_MATCH_TO, N); }
%type match_search {MatchSearch}
match_search(A) ::= .                            { A = MATCH_SEARCH_UNSAID; }
match_search(A) ::= INITIAL.                     { A = MATCH_SEARCH_INITIAL; }
match_search(A) ::= SEEK.                        { A = MATCH_SEARCH_SEEK; }
%type within {Expr *}
within(A) ::= .                                  { A = NULL; }
within(A) ::= WITHIN expr(E).                    { A = E; }
%type subsets {PatternSubsetList}  %type subset_list {PatternSubsetList}
subsets(A) ::= .                                 { A = (PatternSubsetList){0}; }
subsets(A) ::= SUBSET subset_list(L).            { A = L; }
subset_list(A) ::= name(N) EQ LP name_list(V) RP.
    { A = ast_subsets(b, (PatternSubsetList){0}, N, V); }
subset_list(A) ::= subset_list(L) COMMA name(N) EQ LP name_list(V) RP.
    { A = ast_subsets(b, L, N, V); }
%type defines {PatternDefineList}
defines(A) ::= name(N) AS expr(E). { A = ast_defines(b, (PatternDefineList){0}, N, E); }
defines(A) ::= defines(L) COMMA name(N) AS expr(E). { A = ast_defines(b, L, N, E); }

%type pattern {Pattern *}  %type pattern_branches {PatternList}  %type pattern_concat {PatternList}
%type pattern_factor {Pattern *}  %type pattern_primary {Pattern *}
pattern(A) ::= pattern_branches(L).              { A = ast_pattern_of(b, PATTERN_ALTERNATION, L); }
pattern_branches(A) ::= pattern_concat(L).
    { A = ast_patterns((PatternList){0}, ast_pattern_of(b, PATTERN_CONCAT, L)); }
pattern_branches(A) ::= pattern_branches(L) BAR pattern_concat(R).
    { A = ast_patterns(L, ast_pattern_of(b, PATTERN_CONCAT, R)); }
pattern_concat(A) ::= pattern_factor(P).         { A = ast_patterns((PatternList){0}, P); }
pattern_concat(A) ::= pattern_concat(L) pattern_factor(P). { A = ast_patterns(L, P); }
pattern_factor(A) ::= pattern_primary(P).        { A = P; }
pattern_factor(A) ::= pattern_primary(P) pattern_quantifier(Q) reluctant(R).
    { A = ast_pattern_quantified(b, P, Q, R); }
%type pattern_quantifier {PatternBounds}
pattern_quantifier(A) ::= STAR.                  { A = (PatternBounds){0, PATTERN_UNBOUNDED}; }
pattern_quantifier(A) ::= PLUS.                  { A = (PatternBounds){1, PATTERN_UNBOUNDED}; }
pattern_quantifier(A) ::= QUESTION.              { A = (PatternBounds){0, 1}; }
pattern_quantifier(A) ::= LBRACE INTEGER(N) RBRACE. { A = ast_pattern_bounds(b, &N, &N); }
pattern_quantifier(A) ::= LBRACE INTEGER(N) COMMA RBRACE. { A = ast_pattern_bounds(b, &N, NULL); }
pattern_quantifier(A) ::= LBRACE INTEGER(N) COMMA INTEGER(M) RBRACE.
    { A = ast_pattern_bounds(b, &N, &M); }
pattern_quantifier(A) ::= LBRACE COMMA INTEGER(M) RBRACE. { A = ast_pattern_bounds(b, NULL, &M); }
pattern_quantifier(A) ::= LBRACE COMMA RBRACE.   { A = ast_pattern_bounds(b, NULL, NULL); }
%type reluctant {bool}
reluctant(A) ::= .                               { A = false; }
reluctant(A) ::= QUESTION.                       { A = true; }
pattern_primary(A) ::= name(N).                  { A = ast_pattern_variable(b, N); }
pattern_primary(A) ::= CARET(T).                 { A = ast_pattern_leaf(b, PATTERN_START, T); }
pattern_primary(A) ::= DOLLAR(T).                { A = ast_pattern_leaf(b, PATTERN_END, T); }
pattern_primary(A) ::= LP(T) RP.                 { A = ast_pattern_leaf(b, PATTERN_EMPTY, T); }
pattern_primary(A) ::= LP(T) pattern(P) RP.      { A = ast_pattern_group(b, T, P); }
pattern_primary(A) ::= LBRACE_MINUS(T) pattern(P) MINUS_RBRACE.
    { A = ast_pattern_exclusion(b, T, P); }
pattern_primary(A) ::= PERMUTE(T) LP pattern_list(L) RP. { A = ast_pattern_permute(b, T, L); }
%type pattern_list {PatternList}
pattern_list(A) ::= pattern(P).                  { A = ast_patterns((PatternList){0}, P); }
pattern_list(A) ::= pattern_list(L) COMMA pattern(P). { A = ast_patterns(L, P); }

/* --- statements --- */

%type statement {Statement *}
statement(A) ::= query(Q).                       { A = ast_statement_query(b, Q); }
statement(A) ::= insert(S).                      { A = S; }

/* INSERT, statement sets */

%type insert {Statement *}
insert(A) ::= insert_target(I) query(Q) conflict(C). { A = ast_insert(b, I, (NameList){0}, Q, C); }
insert(A) ::= insert_target(I) LP name_list(L) RP query(Q) conflict(C).
    { A = ast_insert(b, I, L, Q, C); }
%type insert_target {InsertTarget}
insert_target(A) ::= INSERT(T) insert_mode(O) names(N) hints(H) partition(P).
    { A = (InsertTarget){T.span, O, N, H, P}; }
%type insert_mode {bool}
insert_mode(A) ::= INTO.                         { A = false; }
insert_mode(A) ::= INTO TABLE.                   { A = false; }
insert_mode(A) ::= OVERWRITE.                    { A = true; }
insert_mode(A) ::= OVERWRITE TABLE.              { A = true; }
%type conflict {InsertConflict}
conflict(A) ::= .                                { A = CONFLICT_UNSAID; }
conflict(A) ::= ON_CONFLICT CONFLICT DO NOTHING. { A = CONFLICT_NOTHING; }
conflict(A) ::= ON_CONFLICT CONFLICT DO ERROR.   { A = CONFLICT_ERROR; }
conflict(A) ::= ON_CONFLICT CONFLICT DO DEDUPLICATE. { A = CONFLICT_DEDUPLICATE; }

%type partition {PartitionPairList}
partition(A) ::= .                               { A = (PartitionPairList){0}; }
partition(A) ::= partition_spec(L).              { A = L; }
%type partition_spec {PartitionPairList}
partition_spec(A) ::= PARTITION LP partition_pairs(L) RP. { A = L; }
%type partition_pairs {PartitionPairList}
partition_pairs(A) ::= partition_pair(P). { A = ast_partition_pairs((PartitionPairList){0}, P); }
partition_pairs(A) ::= partition_pairs(L) COMMA partition_pair(P).
    { A = ast_partition_pairs(L, P); }
%type partition_pair {PartitionPair *}
partition_pair(A) ::= name(N).                   { A = ast_partition_pair(b, N, NULL); }
partition_pair(A) ::= name(N) EQ term(E).        { A = ast_partition_pair(b, N, E); }

%type statement_set {Statement *}
statement(A) ::= EXECUTE statement_set(S).       { A = S; }
statement(A) ::= BEGIN(T) STATEMENT SET SEMICOLON inserts(L) END.
    { A = ast_statement_set(b, T, L, true); }
statement_set(A) ::= STATEMENT(T) SET BEGIN inserts(L) END.
    { A = ast_statement_set(b, T, L, false); }
%type inserts {StatementList}  %type inserts_ended {StatementList}
inserts(A) ::= inserts_ended(L).                 { A = L; }
inserts(A) ::= inserts_ended(L) insert(I).       { A = ast_statements(L, I); }
inserts_ended(A) ::= .                           { A = (StatementList){0}; }
inserts_ended(A) ::= inserts_ended(L) insert(I) SEMICOLON. { A = ast_statements(L, I); }

/* CREATE */

%type create {CreateStart}
create(A) ::= CREATE(T).                         { A = ast_create(b, T, 0); }
create(A) ::= CREATE(T) OR REPLACE.              { A = ast_create(b, T, CREATE_OR_REPLACE); }
create(A) ::= REPLACE(T).                         { A = ast_create(b, T, CREATE_OR_REPLACE); }
create(A) ::= CREATE(T) OR ALTER.                { A = ast_create(b, T, CREATE_OR_ALTER); }
create(A) ::= CREATE(T) TEMPORARY.               { A = ast_create(b, T, CREATE_TEMPORARY); }
create(A) ::= CREATE(T) TEMPORARY SYSTEM.
    { A = ast_create(b, T, CREATE_TEMPORARY | CREATE_SYSTEM); }
create(A) ::= CREATE(T) OR REPLACE TEMPORARY.
    { A = ast_create(b, T, CREATE_OR_REPLACE | CREATE_TEMPORARY); }
%type if_not_exists {bool}
if_not_exists(A) ::= .                           { A = false; }
if_not_exists(A) ::= IF_EXISTS NOT EXISTS.       { A = true; }
%type if_exists {bool}
if_exists(A) ::= .                               { A = false; }
if_exists(A) ::= IF_EXISTS EXISTS.               { A = true; }

/* The words from CREATE to the name; the clauses behind the parentheses come in any order. */
%type materialized_kind {StatementKind}  %type create_table {Statement *}
%type create_materialized {Statement *}
statement(A) ::= create(C) TABLE create_name(H) clauses(L).
    { A = ast_create_table(b, C, H, L, NULL); }
statement(A) ::= create_table(S).                { A = S; }
create_table(A) ::= create(C) TABLE create_name(H) clauses(L) AS query(Q).
    { A = ast_create_table(b, C, H, L, Q); }
statement(A) ::= create_materialized(S).         { A = S; }
create_materialized(A) ::= create(C) MATERIALIZED materialized_kind(K) create_name(H) clauses(L) AS
             query(Q).
    { A = ast_create_materialized(b, K, C, H, L, Q); }
materialized_kind(A) ::= VIEW.                   { A = STATEMENT_CREATE_MATERIALIZED_VIEW; }
materialized_kind(A) ::= TABLE.                  { A = STATEMENT_CREATE_MATERIALIZED_TABLE; }
%type create_name {CreateName}
create_name(A) ::= if_not_exists(I) names(N).    { A = (CreateName){I, N}; }
create_name(A) ::= if_not_exists(I) names(N) LP elements(E) RP. { A = (CreateName){I, N, E, true}; }

%type clauses {CreateClauses *}
clauses(A) ::= .                                 { A = ast_clauses(b); }
clauses(A) ::= clauses(L) COMMENT STRING(S).     { A = ast_clause_comment(b, L, S); }
clauses(A) ::= clauses(L) distribution(D).       { A = ast_clause_distribution(b, L, D); }
clauses(A) ::= clauses(L) PARTITIONED BY LP name_list(C) RP.
    { A = ast_clause_partitioned(b, L, C); }
clauses(A) ::= clauses(L) WITH LP options(O) RP. { A = ast_clause_options(b, L, O); }
clauses(A) ::= clauses(L) LIKE(T) names(N) like_options(O). { A = ast_clause_like(b, L, T, N, O); }
clauses(A) ::= clauses(L) FRESHNESS(T) EQ term(E). { A = ast_clause_freshness(b, L, T, E); }
clauses(A) ::= clauses(L) REFRESH_MODE(T) EQ refresh_mode(R).
    { A = ast_clause_refresh(b, L, T, R); }
%type refresh_mode {RefreshMode}
refresh_mode(A) ::= FULL.                        { A = REFRESH_FULL; }
refresh_mode(A) ::= CONTINUOUS.                  { A = REFRESH_CONTINUOUS; }

%type like_options {LikeClause}  %type like_option_list {LikeClause}
like_options(A) ::= .                            { A = (LikeClause){0}; }
like_options(A) ::= LP like_option_list(L) RP.   { A = L; }
like_option_list(A) ::= .                        { A = (LikeClause){0}; }
like_option_list(A) ::= like_option_list(L) like_mode(M) like_feature(F).
    { A = ast_like_options(b, L, M, F); }
%type like_mode {LikeMode}
like_mode(A) ::= INCLUDING.                      { A = LIKE_INCLUDING; }
like_mode(A) ::= EXCLUDING.                      { A = LIKE_EXCLUDING; }
like_mode(A) ::= OVERWRITING.                    { A = LIKE_OVERWRITING; }
%type like_feature {LikeFeature}
like_feature(A) ::= ALL.                         { A = LIKE_FEATURE_ALL; }
like_feature(A) ::= CONSTRAINTS.                 { A = LIKE_FEATURE_CONSTRAINTS; }
like_feature(A) ::= DISTRIBUTION.                { A = LIKE_FEATURE_DISTRIBUTION; }
like_feature(A) ::= GENERATED.                   { A = LIKE_FEATURE_GENERATED; }
like_feature(A) ::= METADATA.                    { A = LIKE_FEATURE_METADATA; }
like_feature(A) ::= OPTIONS.                     { A = LIKE_FEATURE_OPTIONS; }
like_feature(A) ::= PARTITIONS.                  { A = LIKE_FEATURE_PARTITIONS; }
like_feature(A) ::= WATERMARKS.                  { A = LIKE_FEATURE_WATERMARKS; }

%type elements {TableElements}
elements(A) ::= element(E).                      { A = E; }
elements(A) ::= elements(L) COMMA element(E).    { A = ast_elements(b, L, E); }
%type element {TableElements}
element(A) ::= column_def(C).                    { A = ast_element_column(C); }
element(A) ::= names(N). { A = ast_element_column(ast_column_def(b, N, NULL)); }
element(A) ::= key_head(K) LP name_list(L) RP enforcement(E).
    { A = ast_element_key(ast_key(b, K, L, E)); }
element(A) ::= WATERMARK_FOR(T) FOR names(N) AS expr(E). { A = ast_element_watermark(b, T, N, E); }
element(A) ::= DISTRIBUTION_BY distribution_spec(D). { A = ast_element_distribution(D); }

%type column_def {ColumnDef *}  %type column_base {ColumnDef *}
column_def(A) ::= column_base(C) column_place(P).{ A = ast_column_place(b, C, P); }
column_base(A) ::= names(N) type(T) column_key(K) comment(C).
    { A = ast_column_comment(b, ast_column_key(ast_column_def(b, N, T), K), C); }
column_base(A) ::= names(N) type(T) METADATA virtual(V) comment(C).
    { A = ast_column_comment(b, ast_column_metadata(b, N, T, NULL, V), C); }
column_base(A) ::= names(N) type(T) METADATA FROM STRING(K) virtual(V) comment(C).
    { A = ast_column_comment(b, ast_column_metadata(b, N, T, &K, V), C); }
column_base(A) ::= names(N) AS expr(E) comment(C).
    { A = ast_column_comment(b, ast_column_computed(b, N, E), C); }
%type virtual {bool}
virtual(A) ::= .                                 { A = false; }
virtual(A) ::= VIRTUAL.                          { A = true; }
%type comment {Comment}
comment(A) ::= .                                 { A = (Comment){0}; }
comment(A) ::= COMMENT STRING(S).                { A = ast_comment(S); }
%type column_key {KeyConstraint *}
column_key(A) ::= .                              { A = NULL; }
column_key(A) ::= key_head(K) enforcement(E).    { A = ast_key(b, K, (NameList){0}, E); }
%type key_head {KeyHead}
key_head(A) ::= PRIMARY_KEY(T) KEY.              { A = (KeyHead){T, NULL, false}; }
key_head(A) ::= UNIQUE(T).                       { A = (KeyHead){T, NULL, true}; }
key_head(A) ::= CONSTRAINT(T) name(N) PRIMARY_KEY KEY. { A = (KeyHead){T, N, false}; }
key_head(A) ::= CONSTRAINT(T) name(N) UNIQUE.    { A = (KeyHead){T, N, true}; }
%type enforcement {KeyEnforcement}
enforcement(A) ::= .                             { A = KEY_ENFORCEMENT_UNSAID; }
enforcement(A) ::= ENFORCED.                     { A = KEY_ENFORCED; }
enforcement(A) ::= NOT ENFORCED.                 { A = KEY_NOT_ENFORCED; }
%type column_place {Place}
column_place(A) ::= .                            { A = (Place){0}; }
column_place(A) ::= FIRST.                       { A = (Place){COLUMN_PLACE_FIRST, NULL}; }
column_place(A) ::= AFTER name(N).               { A = (Place){COLUMN_PLACE_AFTER, N}; }

%type distribution {Distribution *}  %type distribution_spec {Distribution *}
distribution(A) ::= DISTRIBUTED distribution_spec(D). { A = D; }
distribution_spec(A) ::= BY distribution_kind(K) LP name_list(L) RP buckets(N).
    { A = ast_distribution(b, K, L, N); }
distribution_spec(A) ::= INTO number(N) BUCKETS.
    { A = ast_distribution(b, DISTRIBUTION_UNSAID, (NameList){0}, N); }
%type distribution_kind {DistributionKind}
distribution_kind(A) ::= .                       { A = DISTRIBUTION_UNSAID; }
distribution_kind(A) ::= HASH.                   { A = DISTRIBUTION_HASH; }
distribution_kind(A) ::= RANGE.                  { A = DISTRIBUTION_RANGE; }
%type buckets {Expr *}
buckets(A) ::= .                                 { A = NULL; }
buckets(A) ::= INTO number(N) BUCKETS.           { A = N; }

%type options {OptionPairList}
options(A) ::= .                                 { A = (OptionPairList){0}; }
options(A) ::= option_list(L).                   { A = L; }
%type option_list {OptionPairList}
option_list(A) ::= STRING(K) EQ option_value(V). { A = ast_options(b, (OptionPairList){0}, K, &V); }
option_list(A) ::= option_list(L) COMMA STRING(K) EQ option_value(V). { A = ast_options(b, L, K, &V); }
%type option_value {Token}
option_value(A) ::= STRING(T).                   { A = T; }
option_value(A) ::= ESTRING(T).                  { A = T; }
option_value(A) ::= USTRING(T).                  { A = T; }
option_value(A) ::= USTRING(T) UESCAPE STRING.   { A = T; }
%type option_keys {OptionPairList}
option_keys(A) ::= STRING(K). { A = ast_options(b, (OptionPairList){0}, K, NULL); }
option_keys(A) ::= option_keys(L) COMMA STRING(K). { A = ast_options(b, L, K, NULL); }
%type with_options {OptionPairList}
with_options(A) ::= .                            { A = (OptionPairList){0}; }
with_options(A) ::= WITH LP options(L) RP.       { A = L; }

statement(A) ::= create(C) VIEW if_not_exists(I) names(N) view_columns(L) comment(T) AS query(Q).
    { A = ast_create_view(b, C, (CreateName){I, N}, L, T, Q); }
%type view_columns {ViewColumnList}  %type view_column_list {ViewColumnList}
view_columns(A) ::= .                            { A = (ViewColumnList){0}; }
view_columns(A) ::= LP view_column_list(L) RP.   { A = L; }
view_column_list(A) ::= name(N) comment(T). { A = ast_view_columns(b, (ViewColumnList){0}, N, T); }
view_column_list(A) ::= view_column_list(L) COMMA name(N) comment(T).
    { A = ast_view_columns(b, L, N, T); }

statement(A) ::= create(C) FUNCTION if_not_exists(I) names(N) function_body(F).
    { A = ast_create_function(b, C, (CreateName){I, N}, F); }
statement(A) ::= ALTER alter_function_scope(S) FUNCTION if_exists(I) names(N) function_body(F).
    { A = ast_alter_function(b, S, I, N, F); }
%type function_body {FunctionBody}
function_body(A) ::= AS STRING(S) language(L) resources(R) with_options(W).
    { A = (FunctionBody){S, L, R, W}; }
%type alter_function_scope {FunctionScope}
alter_function_scope(A) ::= .                    { A = FUNCTION_PERSISTENT; }
alter_function_scope(A) ::= TEMPORARY.           { A = FUNCTION_TEMPORARY; }
alter_function_scope(A) ::= TEMPORARY SYSTEM.    { A = FUNCTION_TEMPORARY_SYSTEM; }
%type language {Name *}
language(A) ::= .                                { A = NULL; }
language(A) ::= LANGUAGE name(N).                { A = N; }
%type resources {OptionPairList}  %type resource_list {OptionPairList}
resources(A) ::= .                               { A = (OptionPairList){0}; }
resources(A) ::= USING resource_list(L).         { A = L; }
resource_list(A) ::= name(K) STRING(V). { A = ast_resources(b, (OptionPairList){0}, K, V); }
resource_list(A) ::= resource_list(L) COMMA name(K) STRING(V). { A = ast_resources(b, L, K, V); }

statement(A) ::= create(C) DATABASE if_not_exists(I) names(N) comment(T) with_options(W).
    { A = ast_create_namespace(b, STATEMENT_CREATE_DATABASE, C, (CreateName){I, N}, T, W); }
statement(A) ::= create(C) CATALOG if_not_exists(I) names(N) comment(T) with_options(W).
    { A = ast_create_namespace(b, STATEMENT_CREATE_CATALOG, C, (CreateName){I, N}, T, W); }

/* ALTER */

%type alter_action {Alter *}  %type alter_target {AlterTarget}
statement(A) ::= ALTER alter_target(T) alter_action(C). { A = ast_alter(b, T, C); }
alter_target(A) ::= TABLE if_exists(I) names(N). { A = (AlterTarget){STATEMENT_ALTER_TABLE, I, N}; }
alter_target(A) ::= VIEW if_exists(I) names(N).  { A = (AlterTarget){STATEMENT_ALTER_VIEW, I, N}; }
alter_target(A) ::= MATERIALIZED VIEW if_exists(I) names(N).
    { A = (AlterTarget){STATEMENT_ALTER_MATERIALIZED_VIEW, I, N}; }
alter_target(A) ::= MATERIALIZED TABLE if_exists(I) names(N).
    { A = (AlterTarget){STATEMENT_ALTER_MATERIALIZED_TABLE, I, N}; }
alter_target(A) ::= DATABASE if_exists(I) names(N).
    { A = (AlterTarget){STATEMENT_ALTER_DATABASE, I, N}; }
alter_target(A) ::= CATALOG if_exists(I) names(N).
    { A = (AlterTarget){STATEMENT_ALTER_CATALOG, I, N}; }
alter_action(A) ::= RENAME(T) TO names(N).       { A = ast_alter_rename(b, T, (NameList){0}, N); }
alter_action(A) ::= RENAME(T) names(O) TO names(N). { A = ast_alter_rename(b, T, O, N); }
alter_action(A) ::= SET(T) LP options(L) RP. { A = ast_alter_options(b, ALTER_SET_OPTIONS, T, L); }
alter_action(A) ::= RESET(T) LP option_keys(L) RP.
    { A = ast_alter_options(b, ALTER_RESET_OPTIONS, T, L); }
alter_action(A) ::= ADD(T) element(E). { A = ast_alter_elements(b, ALTER_ADD, T, false, E); }
alter_action(A) ::= ADD(T) COLUMN element(E). { A = ast_alter_elements(b, ALTER_ADD, T, false, E); }
alter_action(A) ::= ADD(T) LP elements(E) RP. { A = ast_alter_elements(b, ALTER_ADD, T, true, E); }
alter_action(A) ::= MODIFY(T) element(E). { A = ast_alter_elements(b, ALTER_MODIFY, T, false, E); }
alter_action(A) ::= MODIFY(T) COLUMN element(E).
    { A = ast_alter_elements(b, ALTER_MODIFY, T, false, E); }
alter_action(A) ::= MODIFY(T) LP elements(E) RP.
    { A = ast_alter_elements(b, ALTER_MODIFY, T, true, E); }
alter_action(A) ::= DROP(T) names(N).            { A = ast_alter_drop_column(b, T, N); }
alter_action(A) ::= DROP(T) COLUMN names(N).     { A = ast_alter_drop_column(b, T, N); }
alter_action(A) ::= DROP(T) LP columns(L) RP.    { A = ast_alter_drop_columns(b, T, L); }
%type columns {ColumnDefList}
columns(A) ::= names(N). { A = ast_column_defs((ColumnDefList){0}, ast_column_def(b, N, NULL)); }
columns(A) ::= columns(L) COMMA names(N). { A = ast_column_defs(L, ast_column_def(b, N, NULL)); }
alter_action(A) ::= DROP(T) PRIMARY_KEY KEY. { A = ast_alter_word(b, ALTER_DROP_PRIMARY_KEY, T); }
alter_action(A) ::= DROP(T) CONSTRAINT name(N).  { A = ast_alter_drop_constraint(b, T, N); }
alter_action(A) ::= DROP(T) WATERMARK.           { A = ast_alter_word(b, ALTER_DROP_WATERMARK, T); }
alter_action(A) ::= DROP(T) DISTRIBUTION. { A = ast_alter_word(b, ALTER_DROP_DISTRIBUTION, T); }
alter_action(A) ::= ADD(T) alter_partitions(L).
    { A = ast_alter_partitions(b, ALTER_ADD_PARTITIONS, T, false, L); }
alter_action(A) ::= ADD(T) IF_EXISTS NOT EXISTS alter_partitions(L).
    { A = ast_alter_partitions(b, ALTER_ADD_PARTITIONS, T, true, L); }
alter_action(A) ::= DROP(T) drop_partitions(L).
    { A = ast_alter_partitions(b, ALTER_DROP_PARTITIONS, T, false, L); }
alter_action(A) ::= DROP(T) IF_EXISTS EXISTS drop_partitions(L).
    { A = ast_alter_partitions(b, ALTER_DROP_PARTITIONS, T, true, L); }
alter_action(A) ::= AS(T) query(Q).              { A = ast_alter_query(b, T, Q); }
alter_action(A) ::= COMMENT(T) STRING(S).        { A = ast_alter_comment(b, T, S); }
alter_action(A) ::= SUSPEND(T).                  { A = ast_alter_word(b, ALTER_SUSPEND, T); }
alter_action(A) ::= RESUME(T) with_options(W).   { A = ast_alter_options(b, ALTER_RESUME, T, W); }
alter_action(A) ::= REFRESH(T).
    { A = ast_alter_partitions(b, ALTER_REFRESH, T, false, (AlterPartitionList){0}); }
alter_action(A) ::= REFRESH(T) partition_spec(P).
    { A = ast_alter_partitions(b, ALTER_REFRESH, T, false, ast_alter_partition(b,
          (AlterPartitionList){0}, P, (OptionPairList){0})); }
alter_action(A) ::= SET(T) FRESHNESS EQ term(E). { A = ast_alter_freshness(b, T, E); }
alter_action(A) ::= SET(T) REFRESH_MODE EQ refresh_mode(R). { A = ast_alter_refresh_mode(b, T, R); }
%type alter_partitions {AlterPartitionList}
alter_partitions(A) ::= partition_spec(P) with_options(W).
    { A = ast_alter_partition(b, (AlterPartitionList){0}, P, W); }
alter_partitions(A) ::= alter_partitions(L) partition_spec(P) with_options(W).
    { A = ast_alter_partition(b, L, P, W); }
%type drop_partitions {AlterPartitionList}
drop_partitions(A) ::= partition_spec(P).
    { A = ast_alter_partition(b, (AlterPartitionList){0}, P, (OptionPairList){0}); }
drop_partitions(A) ::= drop_partitions(L) COMMA partition_spec(P).
    { A = ast_alter_partition(b, L, P, (OptionPairList){0}); }

/* DROP */

%type drop_kind {DropKind}  %type drop_behavior {DropBehavior}
statement(A) ::= DROP drop_kind(K) if_exists(I) names(N) drop_behavior(B).
    { A = ast_drop(b, K, 0, I, N, B); }
statement(A) ::= DROP TEMPORARY drop_kind(K) if_exists(I) names(N) drop_behavior(B).
    { A = ast_drop(b, K, CREATE_TEMPORARY, I, N, B); }
statement(A) ::= DROP TEMPORARY SYSTEM drop_kind(K) if_exists(I) names(N) drop_behavior(B).
    { A = ast_drop(b, K, CREATE_TEMPORARY | CREATE_SYSTEM, I, N, B); }
drop_kind(A) ::= TABLE.                          { A = DROP_TABLE; }
drop_kind(A) ::= VIEW.                           { A = DROP_VIEW; }
drop_kind(A) ::= MATERIALIZED VIEW.              { A = DROP_MATERIALIZED_VIEW; }
drop_kind(A) ::= MATERIALIZED TABLE.             { A = DROP_MATERIALIZED_TABLE; }
drop_kind(A) ::= FUNCTION.                       { A = DROP_FUNCTION; }
drop_kind(A) ::= DATABASE.                       { A = DROP_DATABASE; }
drop_kind(A) ::= CATALOG.                        { A = DROP_CATALOG; }
drop_behavior(A) ::= .                           { A = DROP_UNSAID; }
drop_behavior(A) ::= CASCADE.                    { A = DROP_CASCADE; }
drop_behavior(A) ::= RESTRICT.                   { A = DROP_RESTRICT; }

/* settings and inspection */

statement(A) ::= SET.                            { A = ast_setting_all(b, STATEMENT_SET); }
statement(A) ::= SET setting(K) EQ setting(V).   { A = ast_setting(b, STATEMENT_SET, K, &V); }
statement(A) ::= RESET.                          { A = ast_setting_all(b, STATEMENT_RESET); }
statement(A) ::= RESET setting(K).               { A = ast_setting(b, STATEMENT_RESET, K, NULL); }
%type setting {TokenRun}
setting(A) ::= ANYTHING(T).                      { A = (TokenRun){T, T}; }
setting(A) ::= setting(S) ANYTHING(T).           { A = (TokenRun){S.first, T}; }

%type show_kind {ShowKind}  %type show_listed {ShowKind}  %type show_filter {ShowFilterClause}
%type show_from {NameList}
statement(A) ::= SHOW show_listed(K) show_from(N) show_filter(F). { A = ast_show(b, K, N, F); }
show_listed(A) ::= TABLES.                       { A = SHOW_TABLES; }
show_listed(A) ::= VIEWS.                        { A = SHOW_VIEWS; }
show_listed(A) ::= MATERIALIZED VIEWS.           { A = SHOW_MATERIALIZED_VIEWS; }
show_listed(A) ::= MATERIALIZED TABLES.          { A = SHOW_MATERIALIZED_TABLES; }
show_listed(A) ::= FUNCTIONS.                    { A = SHOW_FUNCTIONS; }
show_listed(A) ::= USER FUNCTIONS.               { A = SHOW_USER_FUNCTIONS; }
show_listed(A) ::= PROCEDURES.                   { A = SHOW_PROCEDURES; }
show_listed(A) ::= JOBS.                         { A = SHOW_JOBS; }
show_listed(A) ::= CATALOGS.                     { A = SHOW_CATALOGS; }
show_listed(A) ::= DATABASES.                    { A = SHOW_DATABASES; }
show_listed(A) ::= CURRENT CATALOG.              { A = SHOW_CURRENT_CATALOG; }
show_listed(A) ::= CURRENT DATABASE.             { A = SHOW_CURRENT_DATABASE; }
show_listed(A) ::= MODULES.                      { A = SHOW_MODULES; }
show_listed(A) ::= FULL MODULES.                 { A = SHOW_FULL_MODULES; }
show_listed(A) ::= JARS.                         { A = SHOW_JARS; }
show_listed(A) ::= COLUMNS.                      { A = SHOW_COLUMNS; }
statement(A) ::= SHOW show_kind(K) names(N).     { A = ast_show(b, K, N, (ShowFilterClause){0}); }
show_kind(A) ::= CREATE TABLE.                   { A = SHOW_CREATE_TABLE; }
show_kind(A) ::= CREATE VIEW.                    { A = SHOW_CREATE_VIEW; }
show_kind(A) ::= CREATE MATERIALIZED VIEW.       { A = SHOW_CREATE_MATERIALIZED_VIEW; }
show_kind(A) ::= CREATE MATERIALIZED TABLE.      { A = SHOW_CREATE_MATERIALIZED_TABLE; }
show_kind(A) ::= CREATE CATALOG.                 { A = SHOW_CREATE_CATALOG; }
show_kind(A) ::= CREATE DATABASE.                { A = SHOW_CREATE_DATABASE; }
statement(A) ::= SHOW PARTITIONS names(N) partition(P). { A = ast_show_partitions(b, N, P); }
show_from(A) ::= .                               { A = (NameList){0}; }
show_from(A) ::= FROM names(N).                  { A = N; }
show_from(A) ::= IN names(N).                    { A = N; }
show_filter(A) ::= .                             { A = (ShowFilterClause){0}; }
show_filter(A) ::= LIKE STRING(P). { A = ast_show_filter(SHOW_FILTER_LIKE, false, P); }
show_filter(A) ::= ILIKE STRING(P). { A = ast_show_filter(SHOW_FILTER_ILIKE, false, P); }
show_filter(A) ::= NOT_IN_LIKE LIKE STRING(P).   { A = ast_show_filter(SHOW_FILTER_LIKE, true, P); }
show_filter(A) ::= NOT_IN_LIKE ILIKE STRING(P). { A = ast_show_filter(SHOW_FILTER_ILIKE, true, P); }

describe ::= DESCRIBE.
describe ::= DESC.
%type extended {bool}
extended(A) ::= .                                { A = false; }
extended(A) ::= EXTENDED.                        { A = true; }
%type job_id {TokenRun}
job_id(A) ::= STRING(T).                         { A = (TokenRun){T, T}; }
job_id(A) ::= INTEGER(T).                        { A = (TokenRun){T, T}; }
statement(A) ::= describe extended(E) names(N).  { A = ast_describe(b, DESCRIBE_TABLE, E, N); }
statement(A) ::= describe FUNCTION extended(E) names(N).
    { A = ast_describe(b, DESCRIBE_FUNCTION, E, N); }
statement(A) ::= describe DATABASE extended(E) names(N).
    { A = ast_describe(b, DESCRIBE_DATABASE, E, N); }
statement(A) ::= describe CATALOG extended(E) names(N).
    { A = ast_describe(b, DESCRIBE_CATALOG, E, N); }
statement(A) ::= describe JOB job_id(J).         { A = ast_describe_job(b, J); }

%type explain_details {uint32_t}  %type explain_detail {uint32_t}  %type explained {Statement *}
statement(A) ::= EXPLAIN explained(S).           { A = ast_explain(b, EXPLAIN_PLAIN, 0, S); }
statement(A) ::= EXPLAIN explain_details(D) explained(S).
    { A = ast_explain(b, EXPLAIN_PLAIN, D, S); }
statement(A) ::= EXPLAIN PLAN FOR explained(S).  { A = ast_explain(b, EXPLAIN_PLAN_FOR, 0, S); }
statement(A) ::= EXPLAIN ANALYZE explained(S).   { A = ast_explain(b, EXPLAIN_ANALYZE, 0, S); }
statement(A) ::= EXPLAIN ANALYZE JOB job_id(J).  { A = ast_explain_job(b, EXPLAIN_ANALYZE, J); }
statement(A) ::= EXPLAIN ANALYZE names(N).       { A = ast_explain_name(b, EXPLAIN_ANALYZE, N); }
statement(A) ::= EXPLAIN WHY explained(S).       { A = ast_explain(b, EXPLAIN_WHY, 0, S); }
statement(A) ::= EXPLAIN WHY.                    { A = ast_explain_all(b, EXPLAIN_WHY); }
statement(A) ::= EXPLAIN WHY job_id(J).          { A = ast_explain_job(b, EXPLAIN_WHY, J); }
statement(A) ::= EXPLAIN WHY JOB job_id(J).      { A = ast_explain_job(b, EXPLAIN_WHY, J); }
statement(A) ::= EXPLAIN WHY names(N).           { A = ast_explain_name(b, EXPLAIN_WHY, N); }
explain_details(A) ::= explain_detail(D).        { A = D; }
explain_details(A) ::= explain_details(L) COMMA explain_detail(D). { A = L | D; }
explain_detail(A) ::= ESTIMATED_COST.            { A = EXPLAIN_ESTIMATED_COST; }
explain_detail(A) ::= CHANGELOG_MODE.            { A = EXPLAIN_CHANGELOG_MODE; }
explain_detail(A) ::= PLAN_ADVICE.               { A = EXPLAIN_PLAN_ADVICE; }
explain_detail(A) ::= JSON_EXECUTION_PLAN.       { A = EXPLAIN_JSON_EXECUTION_PLAN; }
explained(A) ::= query(Q).                       { A = ast_statement_query(b, Q); }
explained(A) ::= insert(S).                      { A = S; }
explained(A) ::= statement_set(S).               { A = S; }
explained(A) ::= EXECUTE statement_set(S).       { A = S; }
explained(A) ::= create_table(S).                { A = S; }
explained(A) ::= create_materialized(S).         { A = S; }

statement(A) ::= USE names(N).                   { A = ast_use(b, USE_DATABASE, N); }
statement(A) ::= USE CATALOG names(N).           { A = ast_use(b, USE_CATALOG, N); }
statement(A) ::= USE MODULES name_list(L).       { A = ast_use(b, USE_MODULES, L); }
statement(A) ::= LOAD MODULE name(N) with_options(W).
    { A = ast_module(b, STATEMENT_LOAD_MODULE, N, W); }
statement(A) ::= UNLOAD MODULE name(N).
    { A = ast_module(b, STATEMENT_UNLOAD_MODULE, N, (OptionPairList){0}); }

/* jobs, plans, files */

%type stop_flags {StopFlags}
stop_flags(A) ::= .                              { A = (StopFlags){0}; }
stop_flags(A) ::= WITH SAVEPOINT.                { A = (StopFlags){.savepoint = true}; }
stop_flags(A) ::= WITH DRAIN.                    { A = (StopFlags){.drain = true}; }
stop_flags(A) ::= WITH SAVEPOINT WITH DRAIN.     { A = (StopFlags){true, true}; }
statement(A) ::= STOP JOB job_id(J) stop_flags(F). { A = ast_job(b, STATEMENT_STOP_JOB, J, F); }
statement(A) ::= PAUSE JOB job_id(J). { A = ast_job(b, STATEMENT_PAUSE_JOB, J, (StopFlags){0}); }
statement(A) ::= RESUME JOB job_id(J). { A = ast_job(b, STATEMENT_RESUME_JOB, J, (StopFlags){0}); }

%type compiled {Statement *}
statement(A) ::= COMPILE PLAN STRING(P) if_not_exists(I) FOR compiled(S).
    { A = ast_compile(b, false, P, I, S); }
statement(A) ::= COMPILE AND EXECUTE PLAN STRING(P) if_not_exists(I) FOR compiled(S).
    { A = ast_compile(b, true, P, I, S); }
statement(A) ::= EXECUTE PLAN STRING(P).         { A = ast_execute_plan(b, P); }
compiled(A) ::= insert(S).                       { A = S; }
compiled(A) ::= statement_set(S).                { A = S; }
statement(A) ::= ADD JAR STRING(P).              { A = ast_jar(b, STATEMENT_ADD_JAR, P); }
statement(A) ::= REMOVE JAR STRING(P).           { A = ast_jar(b, STATEMENT_REMOVE_JAR, P); }

/* changes of tables */

statement(A) ::= RETRY REJECTED FROM names(N).
    { A = ast_change(b, STATEMENT_RETRY_REJECTED, (Change){.table = N}); }
statement(A) ::= TRUNCATE TABLE names(N).
    { A = ast_change(b, STATEMENT_TRUNCATE, (Change){.table = N}); }
statement(A) ::= DELETE FROM names(N) change_alias(C) where(W). { A = ast_delete(b, N, C, W); }
statement(A) ::= UPDATE names(N) change_alias(C) SET assignments(L) where(W).
    { A = ast_update(b, N, C, L, W); }
%type change_alias {Name *}
change_alias(A) ::= .                            { A = NULL; }
change_alias(A) ::= name(N).                     { A = N; }
change_alias(A) ::= AS name(N).                  { A = N; }
%type assignments {AssignmentList}
assignments(A) ::= names(N) EQ expr(E). { A = ast_assignments(b, (AssignmentList){0}, N, E); }
assignments(A) ::= assignments(L) COMMA names(N) EQ expr(E). { A = ast_assignments(b, L, N, E); }
statement(A) ::= ANALYZE TABLE names(N) partition(P) COMPUTE STATISTICS.
    { A = ast_change(b, STATEMENT_ANALYZE, (Change){.table = N, .partition = P}); }
statement(A) ::= ANALYZE TABLE names(N) partition(P) COMPUTE STATISTICS FOR COLUMNS name_list(L).
    { A = ast_change(b, STATEMENT_ANALYZE, (Change){.table = N, .partition = P,
          .for_columns = true, .columns = L}); }
statement(A) ::= ANALYZE TABLE names(N) partition(P) COMPUTE STATISTICS FOR ALL COLUMNS.
    { A = ast_change(b, STATEMENT_ANALYZE, (Change){.table = N, .partition = P,
          .for_columns = true}); }
statement(A) ::= CALL table_call(E).             { A = ast_statement_call(b, E); }

/* --- questions to the parser, for parse.c and its error messages: sql_parser.h --- */

%code {
_Static_assert(YYSTACKDEPTH == SQL_PARSER_DEPTH, "%stack_size is LIMIT_PARSE_DEPTH");

size_t sql_parser_size(void)
{
    return sizeof(yyParser);
}

uint32_t sql_parser_states(const void *parser, SqlState *out)
{
    const yyParser *p = parser;
    uint32_t count = (uint32_t)(p->yytos - p->yystack) + 1;
    for (uint32_t i = 0; i < count; i++)
        out[i] = p->yystack[i].stateno;
    return count;
}

/* What the parser's loop does with states and actions, without semantic values. A state above
 * YY_MAX_SHIFT is a reduction that waits for the next token (lemon's "shift-reduce"). */
bool sql_states_advance(SqlState *states, uint32_t *count, int token)
{
    assert(token >= 0 && token < YYNTOKEN);
    uint32_t top = *count - 1;
    for (;;) {
        YYACTIONTYPE action = yy_find_shift_action((YYCODETYPE)token, states[top]);
        if (action == YY_ACCEPT_ACTION || action == YY_ERROR_ACTION || action == YY_NO_ACTION)
            return action == YY_ACCEPT_ACTION;
        if (action < YY_MIN_REDUCE) {
            if (top + 1 >= YYSTACKDEPTH)
                return false;
            if (action > YY_MAX_SHIFT)
                action += YY_MIN_REDUCE - YY_MIN_SHIFTREDUCE;
            states[++top] = action;
            *count = top + 1;
            return true;
        }
        uint32_t rule = action - YY_MIN_REDUCE;
        top -= (uint32_t)-yyRuleInfoNRhs[rule];
        action = yy_find_reduce_action(states[top], (YYCODETYPE)yyRuleInfoLhs[rule]);
        if (top + 1 >= YYSTACKDEPTH)
            return false;
        states[++top] = action;
    }
}
}
