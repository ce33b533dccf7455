using Farm.Nodes;

namespace Farm.Worker.Nodes.Expressions;

/// <summary>
/// Computes an expression with Python's semantics and the limits and failures of the <c>simpleeval</c> library, whose names clients know.
/// </summary>
/// <param name="text">The expression.</param>
/// <param name="names">Values by name, as <see cref="PythonArithmetic.Widen"/> gives them.</param>
internal sealed class ExpressionEvaluator(string text, IReadOnlyDictionary<string, object?> names)
{
    private const int MaxDepth = 900;
    private int _depth;

    /// <summary>The value.</summary>
    /// <exception cref="NodeFailedException">By Python's or simpleeval's names.</exception>
    public object? Evaluate() =>
        Evaluate(ExpressionParser.Parse(text) ?? throw new NodeFailedException("simpleeval.InvalidExpression", "Sorry, cannot evaluate empty string"));

    private object? Evaluate(Expression part)
    {
        if (++_depth > MaxDepth) throw new NodeFailedException("RecursionError", "maximum recursion depth exceeded");
        var value = part switch
        {
            Literal literal => literal.Value,
            Name name => Lookup(name.Id),
            Unary unary => PythonArithmetic.Apply(unary.Operator, Evaluate(unary.Operand)),
            Binary { Operator: "@" } => throw new NodeFailedException("simpleeval.OperatorNotDefined", $"Operator @ does not exist in expression {text}"),
            Binary binary => PythonArithmetic.Apply(binary.Operator, Evaluate(binary.Left), Evaluate(binary.Right)),
            Logical logical => Decide(logical),
            Comparison comparison => Compare(comparison),
            Conditional choice => Evaluate(PythonArithmetic.IsTrue(Evaluate(choice.Condition)) ? choice.Then : choice.Else),
            Call call => Invoke(call),
            Member member => PythonMembers.Get(Evaluate(member.Of), member.Id, text),
            Element element => PythonSequence.At(Evaluate(element.Of), Evaluate(element.Index)),
            Slice slice => PythonSequence.Slice(Evaluate(slice.Of), Bound(slice.Start), Bound(slice.End), Bound(slice.Step)),
            Unavailable feature => throw NotAvailable($"Sorry, {feature.Feature} is not available in this evaluator"),
            _ => throw new InvalidOperationException($"No rule for {part.GetType().Name}."),
        };
        _depth--;
        return value;
    }

    private static NodeFailedException NotAvailable(string message) => new("simpleeval.FeatureNotAvailable", message);

    private object? Bound(Expression? part) => part is null ? null : Evaluate(part);

    private object? Lookup(string id)
    {
        if (names.TryGetValue(id, out var value)) return value;
        return ExpressionFunctions.ByName.TryGetValue(id, out var function)
            ? function
            : throw new NodeFailedException("simpleeval.NameNotDefined", $"'{id}' is not defined for expression '{text}'");
    }

    private object? Decide(Logical logical)
    {
        var left = Evaluate(logical.Left);
        return PythonArithmetic.IsTrue(left) == logical.IsAnd ? Evaluate(logical.Right) : left;
    }

    private bool Compare(Comparison comparison)
    {
        var left = Evaluate(comparison.First);
        foreach (var (name, operand) in comparison.Rest)
        {
            var right = Evaluate(operand);
            if (!PythonComparison.Holds(name, left, right)) return false;
            left = right;
        }
        return true;
    }

    private object? Invoke(Call call)
    {
        var function = call.Function switch
        {
            Name name => ExpressionFunctions.ByName.GetValueOrDefault(name.Id)
                ?? throw new NodeFailedException("simpleeval.FunctionNotDefined", $"Function '{name.Id}' not defined, for expression '{text}'."),
            Member member => Evaluate(member) as PythonFunction ?? throw NodeFailedException.TypeError($"'{member.Id}' is not callable"),
            _ => throw NotAvailable("Lambda Functions not implemented"),
        };
        return function([.. call.Arguments.Select(Evaluate)]);
    }
}

/// <summary>Something that expressions call.</summary>
internal delegate object? PythonFunction(IReadOnlyList<object?> arguments);
