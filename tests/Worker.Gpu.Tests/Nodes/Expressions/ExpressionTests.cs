using System.Numerics;
using Farm.Nodes;
using Farm.Worker.Nodes.Expressions;
using Xunit;

namespace Farm.Worker.Gpu.Tests.Nodes.Expressions;

public class ExpressionTests
{
    private static readonly Dictionary<string, object?> Names = new()
    {
        ["a"] = (BigInteger)7, ["b"] = -2.5, ["c"] = BigInteger.Zero, ["values"] = new object?[] { (BigInteger)7, -2.5, BigInteger.Zero },
    };

    /// <summary>Expressions over a=7, b=-2.5, c=0 with what Python's eval gives: the value's repr or the exception's name.</summary>
    public static TheoryData<string, string> Python
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Fixtures", "Nodes", "expressions.tsv")))
                data.Add(line.Split('\t')[0], line.Split('\t')[1]);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Python))]
    public void Evaluate_Expression_GivesWhatPythonGives(string expression, string expected) => Assert.Equal(expected, Outcome(expression));

    [Theory]
    [InlineData("a +", "SyntaxError")]
    [InlineData("(a", "SyntaxError")]
    [InlineData("012", "SyntaxError")]
    [InlineData("1__0", "SyntaxError")]
    [InlineData("a b", "SyntaxError")]
    [InlineData("a; (", "SyntaxError")]
    [InlineData("\"a", "SyntaxError")]
    [InlineData("$", "SyntaxError")]
    [InlineData("x if a", "SyntaxError")]
    [InlineData("f'{a}'", "simpleeval.FeatureNotAvailable")]
    [InlineData("{1: 2}", "simpleeval.FeatureNotAvailable")]
    [InlineData("max(values, key=a)", "simpleeval.FeatureNotAvailable")]
    [InlineData("\"a\" * 200000", "simpleeval.IterableTooLong")]
    [InlineData("(10 ** 300000) ** 2000", "simpleeval.NumberTooHigh")]
    [InlineData("a.nothing", "simpleeval.AttributeDoesNotExist")]
    public void Evaluate_Refused_NamesTheReason(string expression, string type) => Assert.Equal(type, Outcome(expression));

    [Theory]
    [InlineData("(", ")", "SyntaxError")]
    [InlineData("1+", "", "RecursionError")]
    [InlineData("-", "", "RecursionError")]
    [InlineData("not ", "", "RecursionError")]
    [InlineData("2**", "", "SyntaxError")]
    [InlineData("1 if 0 else ", "", "SyntaxError")]
    public void Evaluate_NestedTooDeeply_FailsWithoutHarm(string before, string after, string type) =>
        Assert.Equal(type, Outcome(string.Concat(Enumerable.Repeat(before, 3000)) + "1" + string.Concat(Enumerable.Repeat(after, 3000))));

    private static string Outcome(string expression)
    {
        try
        {
            return PythonValue.Repr(new ExpressionEvaluator(expression, Names).Evaluate());
        }
        catch (NodeFailedException failure)
        {
            return failure.Type;
        }
    }
}
