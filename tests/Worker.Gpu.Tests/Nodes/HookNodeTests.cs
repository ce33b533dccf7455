using Farm.Engine;
using Farm.Engine.Families;
using Farm.Engine.Hooks;
using Farm.Engine.Memory;
using Farm.Engine.Models.Vision;
using Farm.Nodes;
using Farm.Testing;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Nodes of hooks and of image conditionings, by what their outputs do in a run.</summary>
public sealed class HookNodeTests : IDisposable
{
    private readonly ModelMemory _memory = new(CPU);
    private readonly ServiceProvider _services;
    private readonly TestNodeContext _context;
    private readonly DisposeScope _scope = NewDisposeScope();

    public HookNodeTests()
    {
        _services = new ServiceCollection().AddSingleton(TimeProvider.System).AddSingleton(new NodeLimitOptions()).AddSingleton(new CheckpointLoader(_memory, ComputePrecision.Fp32)).BuildServiceProvider();
        _context = new TestNodeContext { Services = _services };
        _context.Written.Models["checkpoints/sd15-tiny.safetensors"] = Checkpoints.PathOf("sd15-tiny");
        _context.Written.Models["loras/lora-tiny.safetensors"] = Manifests.PathOf("lora-tiny");
        _context.Written.Models["style_models/redux-tiny.safetensors"] = Manifests.PathOf("redux-tiny");
    }

    public void Dispose()
    {
        _scope.Dispose();
        _services.Dispose();
        _memory.Dispose();
    }

    [Fact]
    public void SetClipHooks_OnBothTexts_IsTheLoraOnModelAndTexts()
    {
        var checkpoint = Invoke("CheckpointLoaderSimple", ("ckpt_name", "sd15-tiny.safetensors"));
        (string, object?)[] lora = [("lora_name", "lora-tiny.safetensors"), ("strength_model", 0.7), ("strength_clip", 0.4)];
        var whole = Invoke("LoraLoader", [("model", checkpoint[0]), ("clip", checkpoint[1]), .. lora]);
        var hooks = Invoke("CreateHookLora", lora)[0];
        var hooked = Invoke("SetClipHooks", ("clip", checkpoint[1]), ("apply_to_conds", true), ("schedule_clip", false), ("hooks", hooks))[0];

        var expected = Sample(whole[0], Encode(whole[1], "a red car"), Encode(whole[1], ""));
        var actual = Sample(checkpoint[0], Encode(hooked, "a red car"), Encode(hooked, ""));

        Assert.InRange(((actual - expected).norm() / expected.norm()).item<float>(), 0, 1e-5);
        var plain = Sample(checkpoint[0], Encode(checkpoint[1], "a red car"), Encode(checkpoint[1], ""));
        Assert.InRange(((actual - plain).norm() / plain.norm()).item<float>(), 1e-4, 10);
    }

    [Fact]
    public void SetClipHooks_Scheduled_EncodesEachStretch()
    {
        var clip = Invoke("CheckpointLoaderSimple", ("ckpt_name", "sd15-tiny.safetensors"))[1];
        var keyframes = Invoke("CreateHookKeyframe", ("strength_mult", 0.5), ("start_percent", 0.4))[0];
        keyframes = Invoke("CreateHookKeyframe", ("strength_mult", 1.0), ("start_percent", 0.0), ("prev_hook_kf", keyframes))[0];
        var hooks = Invoke("SetHookKeyframes", ("hooks", Invoke("CreateHookLora", ("lora_name", "lora-tiny.safetensors"), ("strength_model", 1.0), ("strength_clip", 1.0))[0]), ("hook_kf", keyframes))[0];
        var hooked = Invoke("SetClipHooks", ("clip", clip), ("apply_to_conds", false), ("schedule_clip", true), ("hooks", hooks))[0];

        var encoded = Encode(hooked, "a red car");

        Assert.Equal([(0.0, 0.4), (0.4, 1.0)], encoded.Items.Select(item => ((double)item.Options["start_percent"]!, (double)item.Options["end_percent"]!)));
        Assert.DoesNotContain(encoded.Items, item => item.Options.ContainsKey(HookGroup.Option));
        Assert.NotEqual(0, (encoded.Items[0].Context - encoded.Items[1].Context).abs().max().item<float>());
    }

    [Theory]
    [InlineData("linear", 0.5f)]
    [InlineData("ease_in", 0.25f)]
    [InlineData("ease_out", 0.75f)]
    [InlineData("ease_in_out", 0.5f)]
    public void CreateHookKeyframesInterpolated_Halfway_IsTheRampThere(string interpolation, float expected)
    {
        var keyframes = (HookKeyframes)Invoke(
            "CreateHookKeyframesInterpolated",
            ("strength_start", 0.0), ("strength_end", 1.0), ("interpolation", interpolation), ("start_percent", 0.2), ("end_percent", 0.8), ("keyframes_count", 3L), ("print_keyframes", false))[0]!;

        Assert.Equal([0.2, 0.5, 0.8], keyframes.Items.Select(keyframe => keyframe.StartPercent));
        Assert.Equal(expected, keyframes.Items[1].Strength, 1e-6);
        Assert.Equal([1, 0, 0], keyframes.Items.Select(keyframe => keyframe.GuaranteedSteps));
    }

    [Fact]
    public void CombineHooks_OfTheSameHook_KeepsItOnce()
    {
        var hook = Invoke("CreateHookLora", ("lora_name", "lora-tiny.safetensors"), ("strength_model", 1.0), ("strength_clip", 1.0))[0];
        var other = Invoke("CreateHookLora", ("lora_name", "lora-tiny.safetensors"), ("strength_model", 0.5), ("strength_clip", 1.0))[0];

        var both = (HookGroup)Invoke("CombineHooks4", ("hooks_A", hook), ("hooks_B", other), ("hooks_D", hook))[0]!;

        Assert.Equal([1f, 0.5f], both.Hooks.Select(item => item.ModelStrength));
    }

    [Fact]
    public void ConditioningSetPropertiesAndCombine_SetsMaskHooksAndRange()
    {
        var text = new Conditioning([new ConditioningItem(zeros(1, 77, 768), System.Collections.Immutable.ImmutableDictionary<string, object?>.Empty)]);
        var hook = Invoke("CreateHookLoraModelOnly", ("lora_name", "lora-tiny.safetensors"), ("strength_model", 1.0))[0];
        var range = Invoke("ConditioningTimestepsRange", ("start_percent", 0.25), ("end_percent", 0.5));

        var combined = (Conditioning)Invoke(
            "ConditioningSetPropertiesAndCombine",
            ("cond", text), ("cond_NEW", text), ("strength", 0.5), ("set_cond_area", "mask bounds"), ("mask", ones(8, 8)), ("hooks", hook), ("timesteps", range[2]))[0]!;

        Assert.Empty(combined.Items[0].Options);
        var options = combined.Items[1].Options;
        Assert.Equal((0.5, 1.0, 0.5, true), ((double)options["start_percent"]!, (double)options["end_percent"]!, (double)options["mask_strength"]!, (bool)options["set_area_to_bounds"]!));
        Assert.Equal([1L, 8, 8], ((Tensor)options["mask"]!).shape);
        Assert.Single(((HookGroup)options["hooks"]!).Hooks);
    }

    [Theory]
    [InlineData("multiply", 0.5, false)]
    [InlineData("attn_bias", 0.5, true)]
    [InlineData("attn_bias", 1.0, false)]
    public void StyleModelApply_PutsTokensBehindTheText(string type, double strength, bool masks)
    {
        using var mode = inference_mode(true);
        var text = new Conditioning([new ConditioningItem(zeros(1, 5, 32), System.Collections.Immutable.ImmutableDictionary<string, object?>.Empty)]);
        var states = ones(1, 3, 24);
        var style = Invoke("StyleModelLoader", ("style_model_name", "redux-tiny.safetensors"))[0];
        (string, object?)[] inputs = [("conditioning", text), ("style_model", style), ("clip_vision_output", new VisionOutput(new VisionEncoding(states, states, null)))];

        var full = (Conditioning)Invoke("StyleModelApply", [.. inputs, ("strength", 1.0), ("strength_type", "multiply")])[0]!;
        var styled = ((Conditioning)Invoke("StyleModelApply", [.. inputs, ("strength", strength), ("strength_type", type)])[0]!).Items[0];

        Assert.Equal([1L, 8, 32], styled.Context.shape);
        var factor = type == "multiply" ? strength : 1;
        Assert.InRange((styled.Context - full.Items[0].Context * factor).abs().max().item<float>(), 0, 1e-6);
        Assert.Equal(masks, styled.Options.ContainsKey("attention_mask"));
        if (!masks) return;
        var mask = ((Tensor)styled.Options["attention_mask"]!).to(ScalarType.Float32);
        Assert.Equal([1L, 9, 9], mask.shape);
        Assert.Equal(Math.Log(strength), mask[0, 0, 6].item<float>(), 1e-3);
        Assert.Equal(0, mask[0, 6, 6].item<float>());
        Assert.Equal(Math.Log(strength), mask[0, 8, 5].item<float>(), 1e-3);
    }

    private Tensor Sample(object? model, Conditioning positive, Conditioning negative) => ((Latent)Invoke(
        "KSampler",
        ("model", model), ("seed", 1L), ("steps", 2L), ("cfg", 4.0), ("sampler_name", "euler"), ("scheduler", "karras"), ("positive", positive), ("negative", negative),
        ("latent_image", new Latent(zeros(1, 4, 8, 8))), ("denoise", 1.0))[0]!).Samples;

    private Conditioning Encode(object? clip, string text) => (Conditioning)Invoke("CLIPTextEncode", ("text", text), ("clip", clip))[0]!;

    private IReadOnlyList<object?> Invoke(string classType, params (string Name, object? Value)[] inputs)
    {
        var node = (Node)RecordedCasesTests.Nodes[classType].Create();
        return node.Invoke(new NodeCall(_context, [.. inputs.Select(input => input.Name)], [.. inputs.Select(input => input.Value)]))!.Values;
    }
}
