using Farm.Engine.Models.Layers;
using Farm.Engine.Tests.Fixtures;
using Farm.TestSupport;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Memory;

/// <summary>What attention takes where libtorch has no fused kernel, which is switched off here for that.</summary>
[Collection(nameof(Measured))]
public sealed class AttentionMemoryTests : IDisposable
{
    private const long Tokens = 4096, Heads = 8, Bound = 16 << 20, AllScores = Heads * Tokens * Tokens * sizeof(float);

    private readonly bool _fused = backends.cuda.flash_sdp_enabled();

    public AttentionMemoryTests() => backends.cuda.enable_flash_sdp(false);

    public void Dispose() => backends.cuda.enable_flash_sdp(_fused);

    [Fact]
    public void Multihead_InSlices_EqualsTheWholeWithinItsBound()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        Tensor[] qkv = [.. Enumerable.Range(0, 3).Select(_ => randn([1, Tokens, Heads * 16], generator: random))];

        var (whole, wholeBytes) = Measure(long.MaxValue);
        var (sliced, slicedBytes) = Measure(Bound);

        Assert.InRange(Fixture.RelativeError(sliced, whole), 0, 1e-5);
        Assert.InRange(wholeBytes, AllScores, long.MaxValue);
        Assert.InRange(slicedBytes, 1, AllScores / 2); // a slice's scores, what softmax makes of them, copies of the inputs, the result, and what the heap keeps of slices that are done

        (Tensor Result, long Bytes) Measure(long bound)
        {
            var before = PeakMemory.Current;
            using var peak = new PeakMemory();
            return (Attention.Multihead(qkv[0], qkv[1], qkv[2], Heads, maxScoreBytes: bound), peak.Bytes - before);
        }
    }
}
