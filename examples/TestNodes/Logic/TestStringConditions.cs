using System.Text.RegularExpressions;

namespace Farm.TestNodes.Logic;

/// <summary>Compares two texts.</summary>
internal sealed class TestStringConditions : Node
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestStringConditions), "String Condition").In("Testing/Logic")
        .String("a", options: input => input.Set("multiline", false))
        .String("b", options: input => input.Set("multiline", false))
        .Combo("operation", ["a == b", "a != b", "a IN b", "a MATCH REGEX(b)", "a BEGINSWITH b", "a ENDSWITH b"])
        .Boolean("case_sensitive", true)
        .Output("BOOLEAN");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call)
    {
        var (a, b) = (call.Get<string>("a"), call.Get<string>("b"));
        if (!PythonValue.IsTrue(call.Value("case_sensitive")))
            (a, b) = (a.ToLowerInvariant(), b.ToLowerInvariant());
        return NodeResult.Of(call.Get<string>("operation") switch
        {
            "a == b" => a == b,
            "a != b" => a != b,
            "a IN b" => b.Contains(a, StringComparison.Ordinal),
            "a MATCH REGEX(b)" => Matches(a, b),
            "a BEGINSWITH b" => a.StartsWith(b, StringComparison.Ordinal),
            "a ENDSWITH b" => a.EndsWith(b, StringComparison.Ordinal),
            var other => throw NodeFailedException.ValueError($"operation: '{other}' is unknown"),
        });
    }

    // From the start of the text, but not necessarily to its end; a broken expression matches nothing.
    private static bool Matches(string text, string expression)
    {
        try
        {
            return Regex.Match(text, expression, RegexOptions.CultureInvariant, MatchTimeout) is { Success: true, Index: 0 };
        }
        catch (RegexParseException)
        {
            return false;
        }
    }
}
