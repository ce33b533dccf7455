using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Nodes;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Nodes that set options of conditionings: those of pairs against those of one, and the text nodes of SDXL's refiner and of control networks.</summary>
public sealed class PairNodeTests(ModelNodes nodes) : IClassFixture<ModelNodes>, IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Conditioning _first = ModelNodes.Text(1).With(("mark", "first")), _second = ModelNodes.Text(2).With(("mark", "second"));
    private readonly Conditioning _third = ModelNodes.Text(3).With(("mark", "third")), _fourth = ModelNodes.Text(4).With(("mark", "fourth"));

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void PairSetProperties_IsTheSingleNodeOnEachSide()
    {
        var properties = Properties();

        var pair = nodes.Invoke("PairConditioningSetProperties", [("positive_NEW", _first), ("negative_NEW", _second), .. properties]);

        CheckSame(pair[0], nodes.Invoke("ConditioningSetProperties", [("cond_NEW", _first), .. properties])[0]);
        CheckSame(pair[1], nodes.Invoke("ConditioningSetProperties", [("cond_NEW", _second), .. properties])[0]);
    }

    [Fact]
    public void PairSetPropertiesAndCombine_IsTheSingleNodeOnEachSide()
    {
        var properties = Properties();

        var pair = nodes.Invoke("PairConditioningSetPropertiesAndCombine", [("positive", _first), ("negative", _second), ("positive_NEW", _third), ("negative_NEW", _fourth), .. properties]);

        CheckSame(pair[0], nodes.Invoke("ConditioningSetPropertiesAndCombine", [("cond", _first), ("cond_NEW", _third), .. properties])[0]);
        CheckSame(pair[1], nodes.Invoke("ConditioningSetPropertiesAndCombine", [("cond", _second), ("cond_NEW", _fourth), .. properties])[0]);
    }

    [Fact]
    public void PairSetDefaultCombine_IsTheSingleNodeOnEachSide()
    {
        var hooks = Properties()[^1];

        var pair = nodes.Invoke("PairConditioningSetDefaultCombine", ("positive", _first), ("negative", _second), ("positive_DEFAULT", _third), ("negative_DEFAULT", _fourth), hooks);

        CheckSame(pair[0], nodes.Invoke("ConditioningSetDefaultCombine", ("cond", _first), ("cond_DEFAULT", _third), hooks)[0]);
        CheckSame(pair[1], nodes.Invoke("ConditioningSetDefaultCombine", ("cond", _second), ("cond_DEFAULT", _fourth), hooks)[0]);
        var options = ((Conditioning)pair[1]!).Items.Select(item => item.Options).ToArray();
        Assert.Equal(["second", "fourth"], options.Select(item => item["mark"]));
        Assert.Equal([false, true], options.Select(item => item.ContainsKey("default")));
    }

    [Fact]
    public void ClipTextEncodeSdxlRefiner_SetsScoreAndSize()
    {
        var item = Assert.Single(((Conditioning)nodes.Invoke("CLIPTextEncodeSDXLRefiner", ("ascore", 4.5), ("width", 832L), ("height", 1216L), ("text", "a cat"), ("clip", nodes.Clip))[0]!).Items);

        Assert.Equal((4.5, 832L, 1216L), ((double)item.Options["aesthetic_score"]!, (long)item.Options["width"]!, (long)item.Options["height"]!));
        Assert.InRange(ModelNodes.Error(item.Context, nodes.Encode("a cat").Items[0].Context), 0, 1e-6);
    }

    [Fact]
    public void ClipTextEncodeControlnet_SetsTheTextBesideTheOwn()
    {
        var result = (Conditioning)nodes.Invoke("CLIPTextEncodeControlnet", ("clip", nodes.Clip), ("conditioning", new Conditioning([_first.Items[0], _second.Items[0]])), ("text", "a cat"))[0]!;

        var expected = nodes.Clip.Encode("a cat");
        Assert.Equal([_first.Items[0].Context, _second.Items[0].Context], result.Items.Select(item => item.Context));
        Assert.All(result.Items, item =>
        {
            Assert.InRange(ModelNodes.Error((Tensor)item.Options["cross_attn_controlnet"]!, expected.Cond), 0, 1e-6);
            Assert.InRange(ModelNodes.Error((Tensor)item.Options["pooled_output_controlnet"]!, expected.Pooled), 0, 1e-6);
        });
    }

    private (string, object?)[] Properties() =>
    [
        ("strength", 0.5), ("set_cond_area", "mask bounds"), ("mask", ones(8, 8)), ("timesteps", nodes.Invoke("ConditioningTimestepsRange", ("start_percent", 0.25), ("end_percent", 0.5))[0]),
        ("hooks", nodes.Invoke("CreateHookLora", ("lora_name", "lora-tiny.safetensors"), ("strength_model", 1.0), ("strength_clip", 0.5))[0]),
    ];

    private static void CheckSame(object? actual, object? expected)
    {
        var (mine, theirs) = ((Conditioning)actual!, (Conditioning)expected!);
        Assert.Equal(theirs.Items.Select(item => item.Context), mine.Items.Select(item => item.Context));
        Assert.Equal(theirs.Items.Select(Told), mine.Items.Select(Told));
    }

    /// <summary>Options as text: a mask by its shape, hooks by their strengths.</summary>
    private static string Told(ConditioningItem item) => string.Join("; ", item.Options.OrderBy(option => option.Key, StringComparer.Ordinal).Select(option => $"{option.Key} = {option.Value switch
    {
        Tensor mask => string.Join('×', mask.shape),
        HookGroup group => string.Join(", ", group.Hooks.Select(hook => $"{hook.ModelStrength}/{hook.ClipStrength}")),
        var plain => plain,
    }}"));
}
