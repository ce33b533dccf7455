using Farm.Engine.Adapters;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models.Hypernetworks;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Generated;
using Farm.Testing;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Sampling;

/// <summary>Changes to a network's passes and runs on the small checkpoint, against recordings of ComfyUI 0.19.3.</summary>
[Collection(nameof(Measured))]
public sealed class PatchTests(SmallModel small, PatchTests.Loaded loaded) : IClassFixture<SmallModel>, IClassFixture<PatchTests.Loaded>
{
    private static readonly Golden Recorded = new("patches.safetensors");

    private static readonly Dictionary<string, (float Cfg, Func<DiffusionModel, DiffusionModel> Patch)> Cases = new(StringComparer.Ordinal)
    {
        ["FreeU"] = (5, model => model.WithFreeU(new(1.1f, 0.9f), new(1.2f, 0.2f), second: false)),
        ["FreeU_V2"] = (5, model => model.WithFreeU(new(1.3f, 0.9f), new(1.4f, 0.2f), second: true)),
        ["HyperTile_128px_swap3"] = (5, model => model.WithHyperTile(32, 3, 0, scaleDepth: false)),
        ["HyperTile_128px_depth1_scaled"] = (5, model => model.WithHyperTile(16, 4, 1, scaleDepth: true)),
        ["HyperTile_192x128"] = (5, model => model.WithHyperTile(32, 4, 0, scaleDepth: false)),
        ["TomePatchModel_0.3"] = (5, model => model.WithTokenMerging(0.3)),
        ["TomePatchModel_0.6_b2"] = (5, model => model.WithTokenMerging(0.6)),
        ["PAG_3.0"] = (5, model => model.WithPerturbedAttention(3)),
        ["PAG_3.0_cfg1"] = (1, model => model.WithPerturbedAttention(3)),
        ["SAG_0.5_2.0"] = (5, model => model.WithSelfAttentionGuidance(0.5f, 2)),
        ["SAG_1.0_1.0_b2"] = (5, model => model.WithSelfAttentionGuidance(1, 1)),
        ["SAG_cfg1"] = (1, model => model.WithSelfAttentionGuidance(0.75f, 2)),
        ["SelfAttnMul"] = (5, model => model.With(Factors("attn1"))),
        ["CrossAttnMul"] = (5, model => model.With(Factors("attn2"))),
        ["TemporalAttnMul"] = (5, model => model.With(new FactorPatch("structural", [("attn1.to_out.0", 0.9f), ("attn2.to_out.0", 1.1f)]))),
        ["DifferentialDiffusion_1.0"] = (5, model => model.WithDifferentialDiffusion(1)),
        ["DifferentialDiffusion_0.5"] = (5, model => model.WithDifferentialDiffusion(0.5)),
        ["plain_mask_ramp"] = (5, model => model),
        ["plain_mask_ddim"] = (5, model => model),
        ["Hypernetwork_swish_0.7"] = (5, model => Hypernetwork.ApplyTo(model, 0.7f)),
    };

    private static Hypernetwork Hypernetwork => new CheckpointLoader(new ModelMemory(CPU)).LoadHypernetwork(Manifests.HypernetworkPath);

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Sample_WithAPatch_GivesTheRecordedLatent(string name)
    {
        using var scope = NewDisposeScope();
        var (cfg, patch) = Cases[name];
        var run = patch(loaded.Model).Prepare();
        var isMasked = name.StartsWith("Diff", StringComparison.Ordinal) || name.StartsWith("plain", StringComparison.Ordinal);
        var latent = new LatentImage(isMasked ? Recorded["latent_in"] : zeros(Recorded[name].shape), isMasked ? Recorded["mask_ramp"] : null);

        var sampled = KSampler.Sample(
            run.Model, new KSamplerSettings(42, 5, cfg, name == "plain_mask_ddim" ? "ddim" : "euler", "karras") { Hooks = run.Hooks }, small.Positive, small.Negative, latent);

        Assert.InRange(Golden.RelativeError(sampled, Recorded[name]), 0, 1e-3);
    }

    [Fact]
    public void Sample_WithPatches_LeavesNoTensorBehind()
    {
        using var scope = NewDisposeScope();
        var model = loaded.Model.WithFreeU(new(1.1f, 0.9f), new(1.2f, 0.2f), second: true).WithTokenMerging(0.3).WithSelfAttentionGuidance(0.5f, 2).WithPerturbedAttention(2);
        Sample(model);
        var before = LiveTensors.Count();

        Sample(model);

        Assert.Equal(0, Tensor.TotalCount - before);

        void Sample(DiffusionModel patched)
        {
            using var latent = zeros(1, 4, 8, 8);
            var run = patched.Prepare();
            KSampler.Sample(run.Model, new KSamplerSettings(42, 2, 5, "euler", "karras") { Hooks = run.Hooks }, small.Positive, small.Negative, new LatentImage(latent)).Dispose();
        }
    }

    private static FactorPatch Factors(string attention) => new(
        "factors", [($"{attention}.to_q", 1.1f), ($"{attention}.to_k", 0.9f), ($"{attention}.to_v", 1.2f), ($"{attention}.to_out.0", 0.8f)]);

    /// <summary>The small checkpoint, loaded once.</summary>
    public sealed class Loaded : IDisposable
    {
        private readonly ModelMemory _memory = new(CPU);

        public Loaded() => Model = new CheckpointLoader(_memory).Load(GeneratedFiles.PathOf("sd15-tiny")).Model;

        public DiffusionModel Model { get; }

        public void Dispose() => _memory.Dispose();
    }
}
