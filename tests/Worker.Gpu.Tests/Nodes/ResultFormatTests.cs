using System.Collections.Immutable;
using System.Numerics;
using Farm.Worker.Execution.Caching.Shared;
using Farm.Worker.Nodes;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>What a worker writes for others comes back bit by bit.</summary>
public sealed class ResultFormatTests
{
    private readonly ResultFormat _format = new([new TensorCodec(), new ConditioningCodec()]);

    private object? RoundTrip(object? value) => Assert.Single(Assert.Single(_format.Read(_format.Write([[value]])!)));

    public static TheoryData<object> PlainValues() =>
    [
        true, 5L, long.MinValue, long.MaxValue, 0.1, -0.0, double.NaN, double.PositiveInfinity, 0.1f, "", "ä\0\n",
        BigInteger.Pow(10, 40), -BigInteger.Pow(2, 70),
    ];

    [Theory]
    [MemberData(nameof(PlainValues))]
    public void PlainValue_ComesBackAsItWas(object value)
    {
        var back = RoundTrip(value);
        Assert.Equal(value, back);
        if (value is double number)
            Assert.Equal(BitConverter.DoubleToInt64Bits(number), BitConverter.DoubleToInt64Bits((double)back!));
    }

    [Fact]
    public void Null_ComesBack() => Assert.Null(RoundTrip(null));

    [Fact]
    public void ListsAndDictionaries_KeepOrderAndNesting()
    {
        var back = Assert.IsAssignableFrom<IReadOnlyDictionary<string, object?>>(
            RoundTrip(new OrderedDictionary<string, object?> { ["b"] = new List<object?> { 1L, "x" }, ["a"] = new List<object?>() }));
        Assert.Equal(["b", "a"], back.Keys);
        Assert.Equal([1L, "x"], Assert.IsAssignableFrom<IReadOnlyList<object?>>(back["b"]));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Int32)]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Bool)]
    public void Tensor_OfAnyType_IsBitEqual(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var tensor = arange(-11, 13).reshape(2, 3, 4).div(3).to(type);
        var back = Assert.IsType<Tensor>(RoundTrip(tensor), exactMatch: false);
        Assert.Equal((type, tensor.shape.Length), (back.dtype, back.shape.Length));
        Assert.Equal(tensor.shape, back.shape);
        Assert.Equal(tensor.bytes.ToArray(), back.bytes.ToArray());
    }

    [Fact]
    public void Tensor_TurnedScalarOrEmpty_KeepsItsElements()
    {
        using var scope = NewDisposeScope();
        var turned = arange(12, ScalarType.Float32).reshape(3, 4).t();
        Assert.Equal(turned.contiguous().bytes.ToArray(), ((Tensor)RoundTrip(turned)!).bytes.ToArray());
        Assert.Equal([], ((Tensor)RoundTrip(tensor(2.5f))!).shape);
        Assert.Equal([0, 4], ((Tensor)RoundTrip(empty(0, 4))!).shape);
    }

    [Fact]
    public void Conditioning_KeepsTensorsAndOptions()
    {
        using var scope = NewDisposeScope();
        var pooled = full([1, 8], float.NaN);
        var item = new ConditioningItem(arange(24, ScalarType.Float32).reshape(1, 3, 8).div(7), ImmutableDictionary<string, object?>.Empty
            .Add(ConditioningItem.Pooled, pooled).Add("area", new List<object?> { 8L, 8L, 0L, 0L }).Add("strength", 0.3).Add("width", 1024L).Add("none", null));
        var back = Assert.IsType<Conditioning>(RoundTrip(new Conditioning([item, item.With(("strength", 1.0))])));
        Assert.Equal(2, back.Items.Length);
        Assert.Equal(item.Context.bytes.ToArray(), back.Items[0].Context.bytes.ToArray());
        Assert.Equal(pooled.bytes.ToArray(), ((Tensor)back.Items[0].Options[ConditioningItem.Pooled]!).bytes.ToArray());
        Assert.Equal([8L, 8L, 0L, 0L], (IReadOnlyList<object?>)back.Items[0].Options["area"]!);
        Assert.Equal((0.3, 1.0, 1024L, null), (back.Items[0].Options["strength"], back.Items[1].Options["strength"], back.Items[0].Options["width"], back.Items[0].Options["none"]));
    }

    [Fact]
    public void ValueWithoutCodec_IsNotWritten()
    {
        using var scope = NewDisposeScope();
        var withNetwork = new ConditioningItem(zeros(1, 1, 1), ImmutableDictionary<string, object?>.Empty.Add(ConditioningItem.Control, new object()));
        Assert.Null(_format.Write([[new object()]]));
        Assert.Null(_format.Write([[new Conditioning([withNetwork])]]));
    }

    [Fact]
    public void Slots_AndTheirLists_StayApart()
    {
        var back = _format.Read(_format.Write([[1L, 2L], [], ["x"]])!);
        Assert.Equal([2, 0, 1], back.Select(slot => slot.Count));
    }

    [Fact]
    public void EveryDamage_IsToldAsSuch()
    {
        using var scope = NewDisposeScope();
        var whole = _format.Write([[new Conditioning([new ConditioningItem(ones(1, 2, 3), ImmutableDictionary<string, object?>.Empty)])]])!;
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = whole.ToArray();
            damaged[i] ^= 0x41;
            Assert.Throws<InvalidDataException>(() => _format.Read(damaged));
            Assert.Throws<InvalidDataException>(() => _format.Read(whole[..i]));
        }
    }

    [Fact]
    public void TypeOfAnotherWorker_IsToldAsSuch() =>
        Assert.Contains("tensor", Assert.Throws<InvalidDataException>(() => new ResultFormat([]).Read(_format.Write([[ones(2)]])!)).Message, StringComparison.Ordinal);
}
