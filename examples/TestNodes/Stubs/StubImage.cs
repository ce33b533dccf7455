using System.Security.Cryptography;

namespace Farm.TestNodes.Stubs;

/// <summary>A white, black or noisy image.</summary>
internal sealed class StubImage : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(StubImage), "Stub Image").In("Testing/Stub Nodes")
        .Combo("content", ["WHITE", "BLACK", "NOISE"])
        .Sizes()
        .Output("IMAGE");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call)
    {
        long[] shape = [.. StubSizes.Of(call), 3];
        return NodeResult.Of(call.Get<string>("content") switch
        {
            "WHITE" => ones(shape, float32),
            "BLACK" => zeros(shape, float32),
            _ => Noise(shape),
        });
    }

    private static Tensor Noise(long[] shape)
    {
        using var generator = new Generator((ulong)RandomNumberGenerator.GetInt32(int.MaxValue));
        return rand(shape, float32, generator: generator);
    }
}
