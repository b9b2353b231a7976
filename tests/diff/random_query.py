"""Random tables and random queries, each in two texts: for Weir and for sqlite3.

Only what means the same in both is made: values are small, so that nothing overflows; doubles are
multiples of a quarter, so that sums do not hang on their order; divisors are never zero. Everything
hangs on the given random.Random alone."""

import json

COLUMNS = [("id", "BIGINT"), ("a", "BIGINT"), ("b", "BIGINT"), ("d", "DOUBLE"), ("s", "STRING"),
           ("u", "STRING"), ("f", "BOOLEAN")]
SQLITE_TYPES = {"BIGINT": "INTEGER", "DOUBLE": "REAL", "STRING": "TEXT", "BOOLEAN": "INTEGER"}
WORDS = ["", "a", "b", "ab", "ba", "A", "aB", " x ", "xyz", "x%z", "x_z", "zażółć", "日本", "é", "it's", "N"]


class Table:
    def __init__(self, name, rows):
        self.name = name
        self.rows = rows

    def json_lines(self, rows=None):
        lines = []
        for row in self.rows if rows is None else rows:
            # A NULL is a null or a missing field; both read the same.
            fields = {name: value for (name, _), value in zip(COLUMNS, row) if value is not None or row[0] % 2 == 0}
            lines.append(json.dumps(fields, ensure_ascii=False) + "\n")
        return "".join(lines)


def random_table(rng, name, max_rows):
    rows = []
    for number in range(rng.randint(0, max_rows)):
        def maybe(value):
            return None if rng.random() < 0.15 else value
        rows.append((number, maybe(rng.randint(-5, 5)), maybe(rng.randint(-100, 100)),
                     maybe(rng.randint(-40, 40) / 4), maybe(rng.choice(WORDS)), maybe(rng.choice(WORDS)),
                     maybe(rng.random() < 0.5)))
    return Table(name, rows)


class Text:
    """One expression in both dialects."""

    def __init__(self, weir, sqlite=None):
        self.weir = weir
        self.sqlite = weir if sqlite is None else sqlite


def join(template, *parts):
    """'{} + {}' with the parts put in, in both dialects."""
    return Text(template.format(*[p.weir for p in parts]), template.format(*[p.sqlite for p in parts]))


def literal(value):
    return Text("'" + value.replace("'", "''") + "'")


class Expressions:
    """Typed random expressions over the given columns: {"BIGINT": [...], ...}."""

    def __init__(self, rng, columns):
        self.rng = rng
        self.columns = columns

    def pick(self, *makers):
        return self.rng.choice(makers)()

    def column(self, kind):
        names = self.columns.get(kind)
        return Text(self.rng.choice(names)) if names else None

    def leaf(self, kind):
        column = self.column(kind)
        if column is not None and self.rng.random() < 0.75:
            return column
        if kind == "BIGINT":
            return Text(str(self.rng.randint(0, 9)))
        if kind == "DOUBLE":
            return Text("%de0" % self.rng.randint(0, 9))
        if kind == "STRING":
            return literal(self.rng.choice(WORDS))
        return Text("TRUE" if self.rng.random() < 0.5 else "FALSE")

    def make(self, kind, depth):
        if depth <= 0 or self.rng.random() < 0.2:
            return self.leaf(kind)
        if self.rng.random() < 0.2:
            return self.shared(kind, depth - 1)
        return {"BIGINT": self.integer, "DOUBLE": self.double, "STRING": self.string,
                "BOOLEAN": self.boolean}[kind](depth - 1)

    def shared(self, kind, depth):
        def make(k=kind):
            return self.make(k, depth)
        return self.pick(
            lambda: join("CASE WHEN {} THEN {} ELSE {} END", make("BOOLEAN"), make(), make()),
            lambda: join("CASE WHEN {} THEN {} WHEN {} THEN {} END", make("BOOLEAN"), make(), make("BOOLEAN"), make()),
            lambda: join("COALESCE({}, {})", make(), make()),
            lambda: join("NULLIF({}, {})", make(), make()))

    def integer(self, depth):
        def make(k="BIGINT"):
            return self.make(k, depth)
        divisor = Text(str(self.rng.choice([-7, -2, 2, 3, 10])))
        return self.pick(
            lambda: join("({} + {})", make(), make()),
            lambda: join("({} - {})", make(), make()),
            lambda: join("({} * {})", make(), self.leaf("BIGINT")),
            lambda: join("({} / {})", make(), divisor),
            lambda: join("({} % {})", make(), divisor),
            lambda: join("({} / NULLIF({}, 0))", make(), make()),
            lambda: join("(- {})", make()),
            lambda: join("ABS({})", make()),
            lambda: self.length(make("STRING")),
            lambda: self.position(make("STRING"), self.leaf("STRING")))

    @staticmethod
    def length(text):
        # CHAR_LENGTH is an INT, and INT and BIGINT meet in a CASE.
        return Text("CAST(CHAR_LENGTH(%s) AS BIGINT)" % text.weir, "LENGTH(%s)" % text.sqlite)

    @staticmethod
    def position(text, part):
        return Text("CAST(POSITION(%s IN %s) AS BIGINT)" % (part.weir, text.weir),
                    "INSTR(%s, %s)" % (text.sqlite, part.sqlite))

    def double(self, depth):
        def make(k="DOUBLE"):
            return self.make(k, depth)
        return self.pick(
            lambda: join("({} + {})", make(), make()),
            lambda: join("({} - {})", make(), make()),
            lambda: join("({} * {})", self.leaf("DOUBLE"), self.leaf("BIGINT")),
            lambda: join("ABS({})", make()),
            lambda: self.to_double(make("BIGINT")))

    @staticmethod
    def to_double(number):
        return Text("CAST(%s AS DOUBLE)" % number.weir, "CAST(%s AS REAL)" % number.sqlite)

    def string(self, depth):
        def make(k="STRING"):
            return self.make(k, depth)
        start, size = self.rng.randint(1, 3), self.rng.randint(0, 3)
        return self.pick(
            lambda: join("({} || {})", make(), self.leaf("STRING")),
            lambda: join("UPPER({})", make()),
            lambda: join("LOWER({})", make()),
            lambda: join("TRIM({})", make()),
            lambda: join("REPLACE({}, {}, {})", make(), literal(self.rng.choice("abx")), self.leaf("STRING")),
            lambda: join("SUBSTR({}, %d, %d)" % (start, size), make()),
            lambda: join("SUBSTR({}, %d)" % start, make()),
            lambda: self.to_text(make("BIGINT")))

    @staticmethod
    def to_text(number):
        return Text("CAST(%s AS STRING)" % number.weir, "CAST(%s AS TEXT)" % number.sqlite)

    def boolean(self, depth):
        def make(k):
            return self.make(k, depth)
        kind = self.rng.choice(["BIGINT", "BIGINT", "DOUBLE", "STRING"])
        compare = self.rng.choice(["=", "<>", "<", "<=", ">", ">="])
        pattern = literal(self.rng.choice(["%a%", "a%", "_", "x\\%z", "%", "", "__"]))
        return self.pick(
            lambda: join("({} %s {})" % compare, make(kind), make(kind)),
            lambda: join("({} AND {})", make("BOOLEAN"), make("BOOLEAN")),
            lambda: join("({} OR {})", make("BOOLEAN"), make("BOOLEAN")),
            lambda: join("(NOT {})", make("BOOLEAN")),
            lambda: join("({} IS NULL)", make(kind)),
            lambda: join("({} IS NOT NULL)", make(kind)),
            lambda: join("({} IS DISTINCT FROM {})", make(kind), make(kind)),
            lambda: join("({} BETWEEN {} AND {})", make("BIGINT"), make("BIGINT"), make("BIGINT")),
            lambda: join("({} NOT IN ({}, {}))", make(kind), self.leaf(kind), self.leaf(kind)),
            lambda: join("({} IN ({}, {}, {}))", make(kind), self.leaf(kind), self.leaf(kind), self.leaf(kind)),
            lambda: join("({} LIKE {} ESCAPE '\\')", make("STRING"), pattern))


KINDS = ["BIGINT", "DOUBLE", "STRING", "BOOLEAN"]


class Query:
    """A query with typed, named columns; `text` in both dialects."""

    def __init__(self, text, columns, updating):
        self.text = text
        self.columns = columns
        self.updating = updating

    def by_kind(self):
        kinds = {}
        for name, kind in self.columns:
            kinds.setdefault(kind, []).append(name)
        return kinds


def table_query(table):
    return Query(Text(table.name), COLUMNS, False)


class Queries:
    def __init__(self, rng, tables):
        self.rng = rng
        self.tables = tables
        self.names = 0

    def name(self):
        self.names += 1
        return "c%d" % self.names

    def source(self, depth):
        if depth <= 0 or self.rng.random() < 0.5:
            return table_query(self.rng.choice(self.tables))
        inner = self.query(depth - 1)
        return Query(join("({}) AS %s" % self.name(), inner.text), inner.columns, inner.updating)

    def query(self, depth):
        maker = self.rng.choice([self.plain, self.plain, self.grouped, self.grouped, self.distinct, self.union])
        return maker(depth)

    def where(self, source):
        if self.rng.random() < 0.4:
            return Text("")
        return join(" WHERE {}", Expressions(self.rng, source.by_kind()).make("BOOLEAN", 2))

    def plain(self, depth, kinds=None):
        source = self.source(depth)
        expressions = Expressions(self.rng, source.by_kind())
        columns, items = [], []
        for kind in kinds or [self.rng.choice(KINDS) for _ in range(self.rng.randint(1, 4))]:
            name = self.name()
            columns.append((name, kind))
            items.append(join("{} AS %s" % name, expressions.make(kind, 3)))
        text = join("SELECT {} FROM {}{}", comma(items), source.text, self.where(source))
        return Query(text, columns, source.updating)

    def keys(self, source):
        """Grouping columns or expressions; no computed doubles, of which some are zero and negative."""
        expressions = Expressions(self.rng, source.by_kind())
        keys = []
        for _ in range(self.rng.randint(0, 2)):
            kind = self.rng.choice(["BIGINT", "STRING", "BOOLEAN"])
            keys.append((kind, expressions.make(kind, self.rng.randint(0, 2))))
        return keys

    def aggregate(self, source):
        expressions = Expressions(self.rng, source.by_kind())
        number = self.rng.choice(["BIGINT", "DOUBLE"])
        argument = expressions.make(number, 1)
        name = self.rng.choice(["COUNT", "SUM", "MIN", "MAX", "AVG", "COUNT(*)"])
        if name == "COUNT(*)":
            call, kind = Text("COUNT(*)"), "BIGINT"
        elif name == "AVG":
            call, kind = self.average(argument, number), "DOUBLE"
        elif name in ("MIN", "MAX") and self.rng.random() < 0.4:
            call, kind = join(name + "({})", expressions.make("STRING", 1)), "STRING"
        else:
            distinct = "DISTINCT " if self.rng.random() < 0.3 and number == "BIGINT" else ""
            call, kind = join(name + "(" + distinct + "{})", argument), "BIGINT" if name == "COUNT" else number
        if self.rng.random() < 0.25:
            call = join("{} FILTER (WHERE {})", call, expressions.make("BOOLEAN", 1))
        return call, kind

    @staticmethod
    def average(argument, number):
        """AVG of an integer is an integer in Flink: averages are taken of doubles."""
        if number == "DOUBLE":
            return join("AVG({})", argument)
        return Text("AVG(CAST(%s AS DOUBLE))" % argument.weir, "AVG(%s)" % argument.sqlite)

    def grouped(self, depth):
        source = self.source(depth)
        keys = self.keys(source)
        columns, items = [], []
        for kind, key in keys:
            columns.append((self.name(), kind))
            items.append(join("{} AS %s" % columns[-1][0], key))
        for _ in range(self.rng.randint(1, 3)):
            call, kind = self.aggregate(source)
            columns.append((self.name(), kind))
            items.append(join("{} AS %s" % columns[-1][0], call))
        text = join("SELECT {} FROM {}{}", comma(items), source.text, self.where(source))
        if any(not is_constant(key) for _, key in keys):
            text = join("{} GROUP BY {}", text, comma([key for _, key in keys if not is_constant(key)]))
        text = join("{} HAVING {}", text, self.having(source))
        return Query(text, columns, True)

    def having(self, source):
        """An aggregate over nothing gives no row in a stream: sqlite3 is told so."""
        if self.rng.random() < 0.6:
            return Text("COUNT(*) > 0")
        call, kind = self.aggregate(source)
        return join("COUNT(*) > 0 AND {} %s {}" % self.rng.choice(["<>", ">", "<="]), call,
                    Expressions(self.rng, {}).leaf(kind))

    def distinct(self, depth):
        source = self.source(depth)
        expressions = Expressions(self.rng, source.by_kind())
        columns, items = [], []
        for _ in range(self.rng.randint(1, 3)):
            kind = self.rng.choice(["BIGINT", "STRING", "BOOLEAN"])
            columns.append((self.name(), kind))
            items.append(join("{} AS %s" % columns[-1][0], expressions.make(kind, 1)))
        text = join("SELECT DISTINCT {} FROM {}{}", comma(items), source.text, self.where(source))
        return Query(text, columns, source.updating)

    def union(self, depth):
        kinds = [self.rng.choice(["BIGINT", "STRING", "BOOLEAN"]) for _ in range(self.rng.randint(1, 3))]
        sides = [self.plain(depth - 1, kinds) for _ in range(self.rng.randint(2, 3))]
        word = " UNION ALL " if self.rng.random() < 0.7 else " UNION "
        text = sides[0].text
        for side in sides[1:]:
            text = join("{}" + word + "{}", text, side.text)
        return Query(text, sides[0].columns, any(side.updating for side in sides))


def comma(texts):
    return Text(", ".join(t.weir for t in texts), ", ".join(t.sqlite for t in texts))


def is_constant(text):
    """GROUP BY of a literal is refused here and a position there."""
    return not any(name in text.weir for name, _ in COLUMNS) and not any(c.isalpha() for c in text.weir) or \
        text.weir in ("TRUE", "FALSE") or text.weir.startswith("'")
