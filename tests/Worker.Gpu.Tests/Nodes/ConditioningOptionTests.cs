using System.Collections.Immutable;
using Farm.Engine;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Nodes;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Nodes without a recorded case that set options of a conditioning, by ComfyUI's names for them.</summary>
public class ConditioningOptionTests
{
    [Fact]
    public void FluxGuidance_Value_IsSetOnEveryItem() =>
        Assert.Equal([2.5, 2.5], Options(Run("FluxGuidance", ("conditioning", Two()), ("guidance", 2.5)), "guidance"));

    [Fact]
    public void FluxDisableGuidance_AfterGuidance_IsNone() =>
        Assert.Equal([null, null], Options(Run("FluxDisableGuidance", ("conditioning", Two().With(("guidance", 2.5)))), "guidance"));

    [Theory]
    [InlineData("offset", "offset")]
    [InlineData("uxo/uno", "uxo")]
    public void ReferenceMethod_Choice_IsSet(string choice, string set) => Assert.Equal(
        [set, set], Options(Run("FluxKontextMultiReferenceLatentMethod", ("conditioning", Two()), ("reference_latents_method", choice)), "reference_latents_method"));

    [Theory]
    [InlineData("ReferenceLatent", "reference_latents")]
    [InlineData("ReferenceTimbreAudio", "reference_audio_timbre_latents")]
    public void Reference_Twice_AddsToTheFirst(string classType, string option)
    {
        var (first, second) = (zeros(1, 4, 2, 2), ones(1, 4, 2, 2));
        var once = Run(classType, ("conditioning", Two()), ("latent", new Latent(first)));

        var twice = Run(classType, ("conditioning", once.Values[0]), ("latent", new Latent(second)));

        Assert.All(Options(twice, option), list => Assert.Equal([first, second], Assert.IsType<object?[]>(list)));
        Assert.Same(once.Values[0], Run(classType, ("conditioning", once.Values[0])).Values[0]);
    }

    [Fact]
    public void StableAudio_Seconds_AreSetOnBoth()
    {
        var result = Run("ConditioningStableAudio", ("positive", Two()), ("negative", Two()), ("seconds_start", 1.0), ("seconds_total", 9.0));

        Assert.Equal([1.0, 1.0], Options(result, "seconds_start"));
        Assert.Equal([9.0, 9.0], Options(result, "seconds_total", slot: 1));
    }

    [Fact]
    public void LtxvConditioning_Rate_IsSetOnBoth()
    {
        var result = Run("LTXVConditioning", ("positive", Two()), ("negative", Two()), ("frame_rate", 24.0));

        Assert.Equal([24.0, 24.0, 24.0, 24.0], [.. Options(result, "frame_rate"), .. Options(result, "frame_rate", slot: 1)]);
    }

    [Fact]
    public void AreaPercentageVideo_Box_IsFramesRowsColumns()
    {
        var result = Run("ConditioningSetAreaPercentageVideo", ("conditioning", Two()), ("width", 0.1), ("height", 0.2), ("temporal", 0.3),
            ("x", 0.4), ("y", 0.5), ("z", 0.6), ("strength", 0.7));

        Assert.All(Options(result, "area"), area => Assert.Equal(["percentage", 0.3, 0.2, 0.1, 0.6, 0.5, 0.4], Assert.IsType<object?[]>(area)));
        Assert.Equal([0.7, 0.7], Options(result, "strength"));
    }

    [Fact]
    public void StageB_Latent_IsThePrior()
    {
        var prior = zeros(1, 16, 2, 2);

        Assert.Equal([prior, prior], Options(Run("StableCascade_StageB_Conditioning", ("conditioning", Two()), ("stage_c", new Latent(prior))), "stable_cascade_prior"));
    }

    // The size for 3:2 of diffusers' PREFERRED_KONTEXT_RESOLUTIONS.
    [Fact]
    public void KontextImageScale_ThreeToTwo_IsTheNearestTrainedSize() =>
        Assert.Equal([1, 832, 1248, 3], Assert.IsType<Tensor>(Run("FluxKontextImageScale", ("image", zeros(1, 20, 30, 3))).Values[0]).shape);

    [Fact]
    public void AvLatent_JoinedAndSeparated_IsBothAsTheyWere()
    {
        var (video, audio) = (new Latent(zeros([1, 128, 2, 2, 2])) { NoiseMask = ones([1, 1, 2, 2, 2]) }, new Latent(zeros(1, 8, 4, 16)));

        var parts = Run("LTXVSeparateAVLatent", ("av_latent", Run("LTXVConcatAVLatent", ("video_latent", video), ("audio_latent", audio)).Values[0]));

        Assert.Equal([video, audio], parts.Values);
    }

    [Fact]
    public void PairCombine_TwoPairs_IsBothOfEachSide()
    {
        var (a, b) = (Two().With(("mark", "a")), Two().With(("mark", "b")));

        var result = Run("PairConditioningCombine", ("positive_A", a), ("negative_A", b), ("positive_B", b), ("negative_B", b));

        Assert.Equal(["a", "a", "b", "b"], Options(result, "mark"));
        Assert.Equal(["b", "b", "b", "b"], Options(result, "mark", slot: 1));
    }

    // The operation acts on what parts the positive from the negative prediction.
    [Fact]
    public void OperationCfg_OfDoubling_DoublesTheDifference()
    {
        using var memory = new ModelMemory(CPU);
        var model = new CheckpointLoader(memory, ComputePrecision.Fp32).Load(Checkpoints.PathOf("sd15-tiny")).Model;
        var patched = Assert.IsType<DiffusionModel>(Run("LatentApplyOperationCFG", ("model", model), ("operation", new LatentOperation(latent => latent * 2))).Values[0]);

        var hook = Assert.Single(patched.Prepare().Hooks.Before);
        var pair = hook(new GuidanceCall(patched, zeros(1), 1, 5), new GuidancePair(full(3, 5f), full(3, 1f)));

        Assert.Equal([9f, 9f, 9f], pair.Positive.data<float>());
        Assert.Equal([1f, 1f, 1f], pair.Negative.data<float>());
    }

    private static Conditioning Two() => new([Item(), Item()]);

    private static ConditioningItem Item() => new(zeros(1, 2, 4), ImmutableDictionary<string, object?>.Empty);

    private static IEnumerable<object?> Options(NodeResult result, string option, int slot = 0) =>
        Assert.IsType<Conditioning>(result.Values[slot]).Items.Select(item => item.Options[option]);

    private static NodeResult Run(string classType, params (string Name, object? Value)[] inputs) =>
        ((Node)RecordedCasesTests.Nodes[classType].Create()).Invoke(
            new NodeCall(new TestNodeContext(), [.. inputs.Select(input => input.Name)], [.. inputs.Select(input => input.Value)]))!;
}
