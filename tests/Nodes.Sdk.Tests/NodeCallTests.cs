using System.Numerics;
using Xunit;

namespace Farm.Nodes.Sdk.Tests;

/// <summary>How arguments become what a node asks for.</summary>
public sealed class NodeCallTests
{
    private static NodeCall Call(object? value) => new(null!, ["x"], [value]);

    [Fact]
    public void Integers_ConvertToEveryNumber()
    {
        Assert.Equal(7, Call(7L).Get<int>("x"));
        Assert.Equal(7.0, Call(7L).Get<double>("x"));
        Assert.Equal(ulong.MaxValue, Call((BigInteger)ulong.MaxValue).Get<ulong>("x"));
        Assert.Equal(1L, Call(true).Get<long>("x"));
    }

    [Theory]
    [InlineData(8.0, "TypeError", "input 'x' must be int, not 'float'")]
    [InlineData("8", "TypeError", "input 'x' must be int, not 'str'")]
    [InlineData(null, "TypeError", "input 'x' must be int, not 'NoneType'")]
    [InlineData(1L << 40, "OverflowError", "input 'x': 1099511627776 does not fit int")]
    public void WrongKind_IsAClearError(object? value, string type, string message)
    {
        var failure = Assert.Throws<NodeFailedException>(() => Call(value).Get<int>("x"));
        Assert.Equal((type, message), (failure.Type, failure.Message));
    }

    [Fact]
    public void MissingInput_IsNamed()
    {
        var failure = Assert.Throws<NodeFailedException>(() => Call(1L).Get<int>("y"));
        Assert.Equal("execute() missing 1 required positional argument: 'y'", failure.Message);
    }

    [Fact]
    public void Fallback_ServesNullAndAbsence()
    {
        Assert.Equal(5, Call(null).Get("x", 5));
        Assert.Equal(5, Call(1L).Get("y", 5));
        Assert.False(Call(null).Has("x"));
        Assert.Null(Call(null).Get<string?>("x"));
    }

    [Fact]
    public void Lists_ComeWhole() => Assert.Equal([1, 2], Call(new List<object?> { 1L, 2L }).List<int>("x"));
}
