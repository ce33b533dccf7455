using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Generated;
using Farm.TestSupport;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Memory;

/// <summary>SD 1.5 at its real size (2.1 GB, generated): minutes on a CPU, so only on demand. The times that go with it are the benchmark real-size's.</summary>
[Collection(nameof(Measured))]
public sealed class RealSizeTests
{
    private const double MostOfWeights = 1.4;

    [Fact(Explicit = true)]
    public void Render512InFourSteps_TakesLessThan1Point4TimesItsWeights()
    {
        var path = GeneratedFiles.PathOf("sd15-full");
        using var memory = new ModelMemory(CPU);
        using var peak = new PeakMemory();

        Render(new CheckpointLoader(memory).Load(path));

        Assert.InRange(peak.Bytes, memory.ResidentBytes, MostOfWeights * memory.ResidentBytes);
    }

    /// <summary>With room for a quarter of the denoising network, and the rest brought in block by block.</summary>
    [Fact(Explicit = true)]
    public void Render512InFourSteps_BudgetOfOneGigabyte_TakesLessThanItsWeights()
    {
        var path = GeneratedFiles.PathOf("sd15-full");
        using var memory = new ModelMemory(CPU, budgetBytes: 1 << 30);
        var checkpoint = new CheckpointLoader(memory).Load(path);
        var weights = checkpoint.Model.Part.Stored.BytesAt(sizeof(float));
        using var peak = new PeakMemory();

        Render(checkpoint);

        Assert.InRange(peak.Bytes, 1 << 30, weights);
    }

    private static void Render(LoadedCheckpoint checkpoint)
    {
        using var mode = TorchRuntime.Inference();
        using var scope = NewDisposeScope();
        using var text = checkpoint.Clip!.Encode("a photo of a cat");
        var latent = KSampler.Sample(checkpoint.Model, new KSamplerSettings(1, 4, 7, "euler", "normal"), [new(text.Cond)], [new(text.Cond)], new LatentImage(zeros(1, 4, 64, 64)));
        Assert.Equal([1L, 512, 512, 3], checkpoint.Vae!.Decode(latent).shape);
    }
}
