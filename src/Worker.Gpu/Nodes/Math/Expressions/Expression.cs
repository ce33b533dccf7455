namespace Farm.Worker.Nodes.Expressions;

/// <summary>A part of an arithmetic expression in Python's syntax.</summary>
internal abstract record Expression;

/// <summary>A number, a text, True, False or None.</summary>
internal sealed record Literal(object? Value) : Expression;

/// <summary>The value or the function of a name.</summary>
internal sealed record Name(string Id) : Expression;

/// <summary>An operator before its operand: <c>+ - ~ not</c>.</summary>
internal sealed record Unary(string Operator, Expression Operand) : Expression;

/// <summary>An operator between two operands.</summary>
internal sealed record Binary(string Operator, Expression Left, Expression Right) : Expression;

/// <summary><c>and</c> or <c>or</c>: the operand that decides is the value.</summary>
internal sealed record Logical(bool IsAnd, Expression Left, Expression Right) : Expression;

/// <summary><c>a &lt; b &lt;= c</c>: all must hold, each operand is computed once.</summary>
internal sealed record Comparison(Expression First, IReadOnlyList<(string Operator, Expression Operand)> Rest) : Expression;

/// <summary><c>a if condition else b</c>.</summary>
internal sealed record Conditional(Expression Condition, Expression Then, Expression Else) : Expression;

/// <summary>A call with arguments by position.</summary>
internal sealed record Call(Expression Function, IReadOnlyList<Expression> Arguments) : Expression;

/// <summary><c>a.name</c>.</summary>
internal sealed record Member(Expression Of, string Id) : Expression;

/// <summary><c>a[i]</c>.</summary>
internal sealed record Element(Expression Of, Expression Index) : Expression;

/// <summary><c>a[start:end:step]</c>.</summary>
internal sealed record Slice(Expression Of, Expression? Start, Expression? End, Expression? Step) : Expression;

/// <summary>Python that expressions may not use; computing it fails, naming it.</summary>
internal sealed record Unavailable(string Feature) : Expression;
