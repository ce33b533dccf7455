using Farm.Nodes;

namespace Farm.Worker.Nodes.Expressions;

/// <summary>
/// Reads expressions in Python's syntax, by precedence climbing. Of several statements the first counts; an assignment is worth what is
/// assigned. What expressions may not use is read too, so that it fails by its name when it is computed.
/// </summary>
internal sealed class ExpressionParser
{
    private const int MaxDepth = 200;

    private static readonly Dictionary<string, int> Precedence = new()
    {
        ["|"] = 1, ["^"] = 2, ["&"] = 3, ["<<"] = 4, [">>"] = 4, ["+"] = 5, ["-"] = 5, ["*"] = 6, ["/"] = 6, ["//"] = 6, ["%"] = 6, ["@"] = 6,
    };

    private static readonly HashSet<string> Words =
    [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally",
        "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ];

    private static readonly HashSet<string> Statements =
        ["assert", "break", "continue", "del", "from", "global", "import", "nonlocal", "pass", "raise", "return"];

    private readonly IReadOnlyList<Token> _tokens;
    private int _at;
    private int _depth;

    private ExpressionParser(IReadOnlyList<Token> tokens) => _tokens = tokens;

    /// <summary>Reads a text; null when it holds no statement.</summary>
    /// <exception cref="NodeFailedException">SyntaxError.</exception>
    public static Expression? Parse(string text)
    {
        var parser = new ExpressionParser(Tokenizer.Read(text));
        Expression? first = null;
        while (parser.Current.Kind != TokenKind.End)
        {
            if (parser.Skip(";")) continue;
            var statement = parser.Statement();
            first ??= statement;
            if (parser.Current.Kind != TokenKind.End) parser.Require(";");
        }
        return first;
    }

    private Token Current => _tokens[_at];

    private Expression Statement()
    {
        if (Current.Kind == TokenKind.Name && Statements.Contains(Current.Text)) return SkipStatement();
        var value = ExpressionList();
        while (Current.Kind == TokenKind.Mark && Current.Text.EndsWith('=') && Current.Text is not ("==" or "!=" or "<=" or ">=" or ":="))
        {
            _at++;
            value = ExpressionList();
        }
        return value;
    }

    private Unavailable SkipStatement()
    {
        var feature = Current.Text;
        while (Current.Kind != TokenKind.End && !Current.Is(";")) _at++;
        return new Unavailable(feature);
    }

    private Expression ExpressionList()
    {
        var first = Test();
        if (!Current.Is(",")) return first;
        while (Skip(",") && StartsOperand()) Test();
        return new Unavailable("Tuple");
    }

    private Expression Test()
    {
        if (++_depth > MaxDepth) throw Tokenizer.SyntaxError("too many nested parentheses");
        var value = Skip("lambda") ? Lambda() : Ternary();
        _depth--;
        return value;
    }

    private Expression Ternary()
    {
        var value = Or();
        if (!Skip("if")) return value;
        var condition = Or();
        Require("else");
        return new Conditional(condition, value, Test());
    }

    private Unavailable Lambda()
    {
        while (!Skip(":"))
        {
            if (Current.Kind == TokenKind.End) throw Invalid();
            _at++;
        }
        Test();
        return new Unavailable("Lambda");
    }

    private Expression Or()
    {
        var left = And();
        while (Skip("or")) left = new Logical(IsAnd: false, left, And());
        return left;
    }

    private Expression And()
    {
        var left = Not();
        while (Skip("and")) left = new Logical(IsAnd: true, left, Not());
        return left;
    }

    private Expression Not()
    {
        var count = 0;
        while (Skip("not")) count++;
        var value = Compare();
        for (; count > 0; count--) value = new Unary("not", value);
        return value;
    }

    private Expression Compare()
    {
        var first = Arithmetic(1);
        List<(string, Expression)> rest = [];
        while (ComparisonOperator() is { } comparison) rest.Add((comparison, Arithmetic(1)));
        return rest.Count == 0 ? first : new Comparison(first, rest);
    }

    private string? ComparisonOperator()
    {
        if (Current.Kind == TokenKind.Mark && Current.Text is "<" or ">" or "==" or ">=" or "<=" or "!=") return _tokens[_at++].Text;
        if (Skip("in")) return "in";
        if (Skip("is")) return Skip("not") ? "is not" : "is";
        if (!Current.Is("not") || !_tokens[_at + 1].Is("in")) return null;
        _at += 2;
        return "not in";
    }

    private Expression Arithmetic(int lowest)
    {
        var left = Factor();
        while (Current.Kind == TokenKind.Mark && Precedence.TryGetValue(Current.Text, out var precedence) && precedence >= lowest)
        {
            var mark = _tokens[_at++].Text;
            left = new Binary(mark, left, Arithmetic(precedence + 1));
        }
        return left;
    }

    private Expression Factor()
    {
        List<string> signs = [];
        while (Current.Kind == TokenKind.Mark && Current.Text is "+" or "-" or "~") signs.Add(_tokens[_at++].Text);
        var value = Power();
        for (var i = signs.Count - 1; i >= 0; i--) value = new Unary(signs[i], value);
        return value;
    }

    private Expression Power()
    {
        var value = Primary();
        if (!Skip("**")) return value;
        if (++_depth > MaxDepth) throw Tokenizer.SyntaxError("too many nested powers");
        value = new Binary("**", value, Factor());
        _depth--;
        return value;
    }

    private Expression Primary()
    {
        var value = Atom();
        while (true)
        {
            if (Skip("(")) value = Arguments(value);
            else if (Skip("[")) value = Subscript(value);
            else if (Skip(".")) value = new Member(value, Identifier());
            else return value;
        }
    }

    private Expression Arguments(Expression function)
    {
        List<Expression> arguments = [];
        string? unavailable = null;
        while (!Current.Is(")"))
        {
            if (Skip("*") || Skip("**")) unavailable = "Starred";
            var isKeyword = Current.Kind == TokenKind.Name && _tokens[_at + 1].Is("=");
            if (isKeyword)
            {
                unavailable = "keyword";
                _at += 2;
            }
            arguments.Add(Test());
            if (Comprehension()) unavailable = "GeneratorExp";
            if (!Skip(",")) break;
        }
        Require(")");
        return new Call(function, unavailable is null ? arguments : [new Unavailable(unavailable)]);
    }

    private Expression Subscript(Expression of)
    {
        var start = Current.Is(":") ? null : ExpressionList();
        if (start is not null && Skip("]")) return new Element(of, start);
        Require(":");
        var end = Current.Is(":") || Current.Is("]") ? null : Test();
        var step = Skip(":") && !Current.Is("]") ? Test() : null;
        Require("]");
        return new Slice(of, start, end, step);
    }

    private Expression Atom()
    {
        var token = Current;
        _at++;
        if (token.Kind == TokenKind.Literal) return new Literal(token.Value is string text ? text + MoreText() : token.Value);
        if (token.Kind == TokenKind.Name && !Words.Contains(token.Text)) return new Name(token.Text);
        switch (token.Text)
        {
            case "True" or "False": return new Literal(token.Text == "True");
            case "None": return new Literal(null);
            case "..." when token.Kind == TokenKind.Mark: return new Unavailable("Ellipsis");
            case "(": return Parenthesis();
            case "[": return Display("]", "List");
            case "{": return Display("}", "Dict");
        }
        _at--;
        throw Invalid();
    }

    private string MoreText()
    {
        var more = "";
        while (Current is { Kind: TokenKind.Literal, Value: string text })
        {
            more += text;
            _at++;
        }
        return more;
    }

    private Expression Parenthesis()
    {
        if (Skip(")")) return new Unavailable("Tuple");
        var value = ExpressionList();
        if (Comprehension()) value = new Unavailable("GeneratorExp");
        Require(")");
        return value;
    }

    private Unavailable Display(string end, string feature)
    {
        while (!Current.Is(end))
        {
            Test();
            if (Skip(":")) Test();
            if (Comprehension()) feature += "Comp";
            if (!Skip(",")) break;
        }
        Require(end);
        return new Unavailable(feature);
    }

    private bool Comprehension()
    {
        var found = false;
        while (Skip("for"))
        {
            found = true;
            do Identifier();
            while (Skip(","));
            Require("in");
            Or();
            while (Skip("if")) Or();
        }
        return found;
    }

    private bool StartsOperand() => Current.Kind is TokenKind.Literal or TokenKind.Name || (Current.Kind == TokenKind.Mark && Current.Text is "(" or "[" or "{" or "-" or "+" or "~");

    private string Identifier()
    {
        if (Current.Kind != TokenKind.Name || Words.Contains(Current.Text)) throw Invalid();
        return _tokens[_at++].Text;
    }

    private bool Skip(string text)
    {
        if (!Current.Is(text)) return false;
        _at++;
        return true;
    }

    private void Require(string text)
    {
        if (!Skip(text)) throw Invalid();
    }

    private NodeFailedException Invalid() =>
        Tokenizer.SyntaxError(Current.Kind == TokenKind.End ? "invalid syntax: the expression ends too early" : $"invalid syntax at '{Current.Text}'");
}
