using Farm.Engine.Adapters;
using Farm.Engine.Families;
using Farm.Engine.Hooks;
using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Generated;
using Farm.Engine.Text;
using Farm.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Hooks;

/// <summary>Changes to weights for some conditionings and parts of the walk, against models that are changed as a whole.</summary>
[Collection(nameof(Measured))]
public sealed class HookTests : IDisposable
{
    private const float Sigma = 3;
    private const double Same = 1e-5;

    private readonly ModelMemory _memory = new(CPU);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly LoadedCheckpoint _checkpoint;
    private readonly AdapterFile _adapter = AdapterFile.Open(Manifests.PathOf("lora-tiny"));
    private readonly ConditioningEntry _positive;
    private readonly ConditioningEntry _negative;
    private readonly Tensor _x;

    public HookTests()
    {
        _checkpoint = new CheckpointLoader(_memory).Load(GeneratedFiles.PathOf("sd15-tiny"));
        using var random = new Generator(7);
        _x = randn([1, 4, 8, 8], generator: random) * Sigma;
        _positive = new ConditioningEntry(randn([1, 77, 768], generator: random));
        _negative = new ConditioningEntry(randn([1, 77, 768], generator: random));
    }

    private DiffusionModel Model => _checkpoint.Model;

    public void Dispose()
    {
        _scope.Dispose();
        _memory.Dispose();
    }

    [Fact]
    public void Evaluate_HookOnOneSide_ChangesThatSideAlone()
    {
        var hooks = new HookRun(Model.Sampling.Table).Set([Hook() with { ModelStrength = 0.6f }]);

        var both = ConditioningBatch.Evaluate(Model, _x, Sigma, [[_positive with { Hooks = hooks }], [_negative]]);

        Check(Alone(_adapter.ApplyTo(Model, 0.6f), _positive), both[0]);
        Check(Alone(Model, _negative), both[1]);
        Assert.InRange(Fixture.RelativeError(both[0], Alone(Model, _positive)), 1e-4, 10);
    }

    [Fact]
    public void Evaluate_CheckpointAsHook_MixesItsWeightsIn()
    {
        var other = new CheckpointLoader(_memory).Load(Manifests.PathOf("sd15-tiny", "#b"));
        var hooks = new HookRun(Model.Sampling.Table).Set([WeightHook.Of(other)]);

        var hooked = ConditioningBatch.Evaluate(Model, _x, Sigma, [[_positive with { Hooks = hooks }]])[0];

        Check(Alone(other.Model, _positive), hooked);
    }

    [Fact]
    public void Evaluate_HookWithKeyframes_FollowsThem()
    {
        var table = Model.Sampling.Table;
        var keyframes = HookKeyframes.None.With(new HookKeyframe(0, 1), new HookKeyframe(0.5, 0.25f));
        var hooks = new HookRun(table).Set([Hook() with { Keyframes = keyframes }]);
        var (early, late) = (table.PercentToSigma(0.2), table.PercentToSigma(0.7));

        var first = ConditioningBatch.Evaluate(Model, _x, early, [[_positive with { Hooks = hooks }]])[0];
        var second = ConditioningBatch.Evaluate(Model, _x, late, [[_positive with { Hooks = hooks }]])[0];

        Check(Alone(_adapter.ApplyTo(Model, 1), _positive, early), first);
        Check(Alone(_adapter.ApplyTo(Model, 0.25f), _positive, late), second);
    }

    [Fact]
    public void Evaluate_DefaultEntry_FillsOnlyWhatOthersLeave()
    {
        var mask = cat([ones(1, 8, 4), zeros(1, 8, 4)], 2);

        var mixed = ConditioningBatch.Evaluate(Model, _x, Sigma, [[_positive with { Mask = mask }, _negative with { IsDefault = true }]])[0];
        var covered = ConditioningBatch.Evaluate(Model, _x, Sigma, [[_positive, _negative with { IsDefault = true }]])[0];

        Check(Alone(Model, _positive).narrow(3, 0, 4), mixed.narrow(3, 0, 4));
        Check(Alone(Model, _negative).narrow(3, 4, 4), mixed.narrow(3, 4, 4));
        Check(Alone(Model, _positive), covered);
    }

    [Fact]
    public void Keyframes_HoldTheirGuaranteedSteps()
    {
        var table = Model.Sampling.Table;
        var keyframes = HookKeyframes.None.With(new(0, 1, 2), new(0.1, 2), new(0.2, 3, 0), new(0.3, 4, 0), new(0.9, 5));
        var cursor = keyframes.Begin(table);

        float[] strengths = [.. ((double[])[0, 0.5, 0.5, 0.6, 0.7, 0.95]).Select(percent => cursor.StrengthAt(percent == 0 ? table.SigmaMax : table.PercentToSigma(percent)))];

        // two guaranteed steps of the first (the level met twice counts once), one of the second, then both without a guarantee at once
        Assert.Equal([1f, 1, 1, 2, 4, 5], strengths);
    }

    [Fact]
    public void Encode_HookedText_IsThatOfTheChangedEncoder()
    {
        var clip = _checkpoint.Clip!;
        var hooked = new HookedTextEncoder(clip, [Hook() with { ClipStrength = 0.5f }], MarksConditionings: true, FollowsKeyframes: false);

        var encoding = ((ITextEncoder)hooked).Encode("a red car");

        Check(_adapter.ApplyTo(clip, 0.5f).Encode("a red car").Cond, encoding.Cond);
        Assert.InRange(Fixture.RelativeError(encoding.Cond, clip.Encode("a red car").Cond), 1e-5, 10);
    }

    [Fact]
    public void Stretches_OfKeyframes_AreTheirParts()
    {
        var hook = Hook() with { Keyframes = HookKeyframes.None.With(new(0, 1), new(0.25, 0.5f), new(0.75, 0)) };

        var parts = new HookedTextEncoder(_checkpoint.Clip!, [hook], MarksConditionings: true, FollowsKeyframes: true).Stretches().Select(part => (part.Start, part.End));

        Assert.Equal([(0, 0.25), (0.25, 0.75), (0.75, 1)], parts);
    }

    [Fact]
    public void Unmatched_OfAnAdapter_NamesWhatFitsNothing()
    {
        var clip = _checkpoint.Clip!;
        var more = new AdapterFile(_adapter.Tensors.With(new MemorySource().Add("lora_unet_nowhere.lora_up.weight", zeros(1)).Dict));

        Assert.Empty(_adapter.Unmatched([Model.Part, .. clip.Parts]));
        Assert.Equal(["lora_unet_nowhere.lora_up.weight"], more.Unmatched([Model.Part, .. clip.Parts]));
    }

    [Theory]
    [InlineData(null, 2.0, 16, 16)]
    [InlineData(1, 1.5, 12, 12)]
    public void LcmUpscale_GrowsTheLatent(int? steps, double ratio, long height, long width)
    {
        var sampler = new LcmUpscale(ratio, steps, (latent, w, h) => nn.functional.interpolate(latent, [h, w], mode: InterpolationMode.Bilinear, align_corners: false));
        var guider = new CfgGuider(Model, [_positive], [_negative], 1);

        var sampled = KSampler.Sample(guider, sampler, StepRules.Sigmas(Model.Sampling.Table, "sgm_uniform", "lcm", 3, 1), 1, new LatentImage(zeros(1, 4, 8, 8)));

        Assert.Equal([1, 4, height, width], sampled.shape);
    }

    private WeightHook Hook() => WeightHook.Of(_adapter);

    private Tensor Alone(DiffusionModel model, ConditioningEntry entry, float sigma = Sigma) => ConditioningBatch.Evaluate(model, _x, sigma, [[entry]])[0];

    private static void Check(Tensor expected, Tensor actual) => Assert.InRange(Fixture.RelativeError(actual, expected), 0, Same);
}
