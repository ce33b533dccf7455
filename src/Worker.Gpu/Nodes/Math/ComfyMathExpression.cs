using System.Numerics;
using Farm.Nodes;
using Farm.Worker.Nodes.Expressions;

namespace Farm.Worker.Nodes;

/// <summary>The value of an arithmetic expression in Python's syntax over the linked numbers, as a float and as an integer.</summary>
internal sealed class ComfyMathExpression : Node
{
    private const int MaxLength = 10_000;
    private static readonly string[] Letters = [.. Enumerable.Range('a', 26).Select(letter => ((char)letter).ToString())];

    protected override void Define(NodeBuilder node) => node
        .Named("ComfyMathExpression", "Math Expression").In("math").Module("comfy_extras.nodes_math")
        .String("expression", "a + b", multiline: true)
        .Autogrow("values", row => row.Input("value", "FLOAT,INT"), Letters, min: 1)
        .Output("FLOAT")
        .Output("INT");

    protected override NodeResult? Run(NodeCall call)
    {
        var text = PythonString.Strip(call.Get<string>("expression"));
        if (text.Length == 0) throw NodeFailedException.ValueError("expression: it is empty");
        if (text.Length > MaxLength) throw NodeFailedException.ValueError($"expression: it is longer than {MaxLength} characters");
        var given = call.GetOptional<IReadOnlyDictionary<string, object?>>("values") ?? new Dictionary<string, object?>();
        var names = given.ToDictionary(value => value.Key, value => PythonArithmetic.Widen(value.Value));
        names["values"] = given.Values.Select(PythonArithmetic.Widen).ToArray();
        return Outputs(new ExpressionEvaluator(text, names).Evaluate());
    }

    private static NodeResult Outputs(object? value)
    {
        switch (value)
        {
            case BigInteger integer:
                return NodeResult.Of(PythonNumber.ToFloat(integer), PythonValue.Integer(integer));
            case double number when double.IsFinite(number):
                return NodeResult.Of(number, PythonValue.Integer(PythonNumber.ToInteger(number)));
            case double number:
                throw NodeFailedException.ValueError($"expression: the result {PythonValue.Str(number)} is not finite");
            default:
                throw NodeFailedException.ValueError($"expression: the result must be a number, not '{PythonArithmetic.TypeName(value)}'");
        }
    }
}
