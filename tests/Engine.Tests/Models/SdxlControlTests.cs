using Farm.Engine.Families;
using Farm.Engine.Generated;
using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Families;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Models;

/// <summary>
/// A ControlNet of SDXL's layout. Its weights are a network's own way down, its picture adds nothing and its read-offs change nothing, so that what it gives are that
/// network's skips and middle: heads 64 wide, the vector and the scaling of its input are then what the network has.
/// </summary>
[Collection(nameof(Measured))]
public sealed class SdxlControlTests : IDisposable
{
    private const int Width = 64;
    private const float Sigma = 3;

    private static readonly GeneratedUNet Sdxl = new([1, 2], Blocks: 1, Depth: [0, 2], MiddleDepth: 1, Context: 2048, Vector: 2816, LinearProjection: true, Base: Width);

    private readonly ModelMemory _memory = new(CPU);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _random = new(6);
    private readonly string _folder = Directory.CreateTempSubdirectory("farm-sdxl-control-").FullName;
    private readonly DiffusionModel _model;
    private readonly Tensor _x, _text, _vector, _picture;

    public SdxlControlTests()
    {
        var path = Path.Combine(_folder, "sdxl.safetensors");
        GeneratedCheckpoints.WriteTensors([.. Sdxl.Tensors(SparseCheckpoint.UNet)], path);
        _model = new CheckpointLoader(_memory, ComputePrecision.Fp32).Load(path).Model;
        (_x, _text, _vector) = (randn([2, 4, 8, 8], generator: _random), randn([2, 77, 2048], generator: _random), randn([2, 2816], generator: _random));
        _picture = rand([1, 64, 64, 3], generator: _random);
    }

    public void Dispose()
    {
        _scope.Dispose();
        _random.Dispose();
        _memory.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Compute_OfTheNetworksOwnWayDown_GivesItsSkipsAndMiddle()
    {
        var (skips, middle) = Pass();

        var residuals = Compute(Control(), _vector);

        Assert.Empty(residuals.Input);
        Assert.Equal(skips.Count, residuals.Output.Count);
        foreach (var (skip, residual) in skips.Zip(residuals.Output)) Assert.InRange(Fixture.RelativeError(residual!, skip), 0, 1e-5);
        Assert.InRange(Fixture.RelativeError(Assert.Single(residuals.Middle)!, middle), 0, 1e-5);
        Assert.InRange(Fixture.RelativeError(Compute(Control(), _vector * 2).Middle[0]!, middle), 1e-3, 10);
    }

    /// <summary>diffusers' names for the halves of a UNet, and its own for what a control network has besides.</summary>
    [Fact]
    public void Compute_InDiffusersLayout_IsTheSameNetwork()
    {
        var original = Control();
        var names = DiffusersUNetNames.Of(_model.Part.Stored);
        var diffusers = original.Renamed("diffusers", name => names.GetValueOrDefault(name) ?? name.Split('.') switch
        {
            ["zero_convs", var i, _, var ending] => $"controlnet_down_blocks.{i}.{ending}",
            ["middle_block_out", _, var ending] => $"controlnet_mid_block.{ending}",
            ["input_hint_block", "0", var ending] => $"controlnet_cond_embedding.conv_in.{ending}",
            ["input_hint_block", "14", var ending] => $"controlnet_cond_embedding.conv_out.{ending}",
            ["input_hint_block", var i, var ending] => $"controlnet_cond_embedding.blocks.{int.Parse(i, provider: null) / 2 - 1}.{ending}",
            _ => throw new ArgumentException(name, nameof(name)),
        });

        var (expected, actual) = (Compute(original, _vector), Compute(diffusers, _vector));

        foreach (var (wanted, got) in expected.Output.Concat(expected.Middle).Zip(actual.Output.Concat(actual.Middle))) Assert.InRange(Fixture.RelativeError(got!, wanted!), 0, 1e-6);
    }

    /// <summary>What the network keeps as skips and brings out of its middle.</summary>
    private (List<Tensor> Skips, Tensor Middle) Pass()
    {
        List<Tensor> skips = [];
        Tensor? middle = null;
        var patches = UNetPatches.None with
        {
            BeforeSkip = [(_, h) => { skips.Add(h.clone().DetachFromDisposeScope()); return h; }],
            Join = [(place, h, skip) => { if (place.Block == 0) middle = h.clone().DetachFromDisposeScope(); return (h, skip); }],
        };
        var sampling = _model.Sampling;
        _model.Predict(sampling.Prediction.ScaleInput(_x, Sigma), full([2], sampling.Table.Timestep(Sigma)), new ModelInputs(_text, _vector) { Patches = patches });
        foreach (var tensor in skips.Append(middle!)) _scope.Attach(tensor);
        return (skips, middle!);
    }

    private StateDict Control()
    {
        var added = new MemorySource();
        long[] widths = [3, 16, 16, 32, 32, 96, 96, 256, Width];
        for (var i = 0; i < 8; i++)
        {
            var isLast = i == 7;
            added.Add($"input_hint_block.{2 * i}.weight", isLast ? zeros(widths[i + 1], widths[i], 3, 3) : randn([widths[i + 1], widths[i], 3, 3], generator: _random) * 0.1);
            added.Add($"input_hint_block.{2 * i}.bias", zeros(widths[i + 1]));
        }
        long[] blocks = [Width, Width, Width, 2 * Width];
        foreach (var (i, width) in blocks.Index()) Identity($"zero_convs.{i}.0", width);
        Identity("middle_block_out.0", 2 * Width);
        string[] own = ["time_embed.", "label_emb.", "input_blocks.", "middle_block."];
        return _model.Part.Stored.Renamed("control", name => Array.Exists(own, part => name.StartsWith(part, StringComparison.Ordinal)) ? name : null).With(added.Dict);

        void Identity(string name, long width) => added.Add(name + ".weight", eye(width).reshape(width, width, 1, 1)).Add(name + ".bias", zeros(width));
    }

    private ControlResiduals Compute(StateDict weights, Tensor vector)
    {
        using var mode = inference_mode(true);
        var net = new PartBuilder("test", _memory, ComputePrecision.Fp32, embeddings: null).Control(weights, model: null)!;
        return net.With(_picture, 1).Compute(new ControlCall(_model, _x, Sigma, _text, vector))!;
    }
}
