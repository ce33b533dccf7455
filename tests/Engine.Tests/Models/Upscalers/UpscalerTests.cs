using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Models;
using Farm.Engine.Models.Layers;
using Farm.Engine.Models.Upscalers;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Models.Upscalers;

/// <summary>Transformer upscalers of random weights: no recording of theirs exists, so they are held to what follows from their definitions.</summary>
[Collection(nameof(Measured))]
public sealed class UpscalerTests : IDisposable
{
    private const string Group = "layers.0.residual_group.";

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _random = new(8);
    private readonly ModelMemory _memory = new(CPU);

    public void Dispose()
    {
        _scope.Dispose();
        _random.Dispose();
        _memory.Dispose();
    }

    [Theory]
    [InlineData("SwinIR")]
    [InlineData("HAT")]
    [InlineData("DAT")]
    public void Upscale_SizeOfNoWholeWindows_TwiceTheSizeAndTheSameEachTime(string kind)
    {
        var model = Parts.Upscaler(File(kind).Dict)!;
        var image = rand([2, 9, 7, 3], generator: _random);
        GC.Collect();
        GC.WaitForPendingFinalizers();

        var first = model.Upscale(image);
        var before = LiveTensors.Count();
        var second = model.Upscale(image);

        Assert.Equal(before + 1, Tensor.TotalCount);
        Assert.EndsWith($"{kind}-upscaler", model.Name, StringComparison.Ordinal);
        Assert.Equal([2L, 18, 14, 3], first.shape);
        Assert.True(Fixture.Same(first, second));
        Assert.True(first.std().item<float>() > 0);
    }

    [Theory]
    [InlineData("SwinIR")]
    [InlineData("HAT")]
    [InlineData("DAT")]
    public void Forward_PictureOfOnePixel_HasFourOfThem(string kind)
    {
        using var network = Wire(File(kind));

        Assert.Equal([1L, 3, 2, 2], network.Forward(rand([1, 3, 1, 1], generator: _random)).shape);
    }

    /// <summary>A picture of whole windows moved by whole windows is computed the same away from its borders.</summary>
    [Fact]
    public void SwinIR_TileByTile_EqualsTheWholeAwayFromTheTilesBorders()
    {
        const int Side = 64, Tile = 48, Overlap = 16, Reach = 20;
        using var network = Wire(SmallUpscalers.SwinIR(_random));
        var picture = rand([1, 3, Side, Side], generator: _random);

        var (whole, tiled) = (network.Forward(picture), Tiles.Run(picture, Tile, Tile, Overlap, network.Scale, network.Forward));

        // the first tile alone covers 0…32, where its far border at 48 is beyond reach up to 28
        var sure = 2 * (Tile - Reach);
        Assert.InRange(Fixture.RelativeError(tiled.narrow(2, 0, sure).narrow(3, 0, sure), whole.narrow(2, 0, sure).narrow(3, 0, sure)), 0, 1e-5);
    }

    [Fact]
    public void SwinIR_Blocks_EqualTheirFormula()
    {
        var file = SmallUpscalers.SwinIR(_random);
        var image = rand([1, 3, 8, 8], generator: _random);
        using var network = Wire(file);

        var mean = tensor(new[] { 0.4488f, 0.4371f, 0.4040f }).reshape(1, 3, 1, 1);
        var shallow = Conv(file, "conv_first", image - mean);
        var h = Norm(shallow.permute(0, 2, 3, 1));
        var group = SwinBlock(file, SwinBlock(file, h, Group + "blocks.0.", 0), Group + "blocks.1.", 2);
        var deep = Norm(Conv(file, "layers.0.conv", group.permute(0, 3, 1, 2)).permute(0, 2, 3, 1) + h).permute(0, 3, 1, 2);
        var features = nn.functional.leaky_relu(Conv(file, "conv_before_upsample.0", Conv(file, "conv_after_body", deep) + shallow), 0.01);
        var pixels = Conv(file, "conv_last", nn.functional.pixel_shuffle(Conv(file, "upsample.0", features), 2)) + mean;

        Assert.InRange(Fixture.RelativeError(network.Forward(image), pixels), 0, 1e-5);
    }

    /// <summary>Without what it adds to SwinIR, HAT is one.</summary>
    [Fact]
    public void Hat_WithoutItsAdditions_IsSwinIR()
    {
        using var swin = Wire(SmallUpscalers.SwinIR(new Generator(5)));
        var file = SmallUpscalers.Hat(new Generator(5));
        foreach (var name in (string[])["blocks.0.conv_block.cab.2", "blocks.1.conv_block.cab.2", "overlap_attn.proj", "overlap_attn.mlp.fc2"])
        {
            file.Add($"{Group}{name}.weight", zeros_like(file.OpenTensor($"{Group}{name}.weight")));
            file.Add($"{Group}{name}.bias", zeros_like(file.OpenTensor($"{Group}{name}.bias")));
        }
        using var hat = Wire(file);
        var picture = rand([1, 3, 8, 12], generator: _random);

        Assert.InRange(Fixture.RelativeError(hat.Forward(picture), swin.Forward(picture)), 0, 1e-6);
    }

    /// <summary>Where all scores are equal a cell gets the mean of the values in the larger window around its own, zeros beyond the picture.</summary>
    [Fact]
    public void OverlappingBlock_EqualScores_GivesMeansOfLargerWindows()
    {
        const int Window = 4, Around = 6, Width = (int)SmallUpscalers.Width;
        var file = new MemorySource().Norm("norm1", Width).Norm("norm2", Width).Add("relative_position_bias_table", zeros(81, 2))
            .Add("qkv.weight", cat([zeros(2 * Width, Width), eye(Width)], 0)).Add("proj.weight", eye(Width))
            .Add("mlp.fc1.weight", zeros(4, Width)).Add("mlp.fc2.weight", zeros(Width, 4));
        using var weights = new NetworkWeights(file.Dict, ScalarType.Float32, CPU);
        var map = randn([1, 8, 12, Width], generator: _random);
        var added = map.clone();

        new OverlappingBlock(new WeightScope(weights), Window).AddTo(added);

        var values = nn.functional.pad(Norm(map), [0, 0, 1, 1, 1, 1]);
        for (var y = 0; y < 8; y++)
        {
            for (var x = 0; x < 12; x++)
            {
                var mean = values[0].narrow(0, y / Window * Window, Around).narrow(1, x / Window * Window, Around).mean([0, 1]);
                Assert.InRange(Fixture.RelativeError(added[0, y, x] - map[0, y, x], mean), 0, 1e-4);
            }
        }
    }

    /// <summary>Attention of channels to channels written out head by head, and the two interactions around it.</summary>
    [Fact]
    public void DatChannelAttention_EqualsItsFormula()
    {
        const long HeadWidth = SmallUpscalers.Width / SmallUpscalers.Heads;
        const string Attn = "layers.0.blocks.1.attn.";
        var file = SmallUpscalers.Dat(_random);
        using var weights = new NetworkWeights(file.Dict, ScalarType.Float32, CPU);
        var map = randn([1, 5, 6, SmallUpscalers.Width], generator: _random);

        var result = new DatChannelAttention(new WeightScope(weights, Attn)).Forward(map);

        var qkv = Linear(file, Attn + "qkv", map).reshape(30, 3 * SmallUpscalers.Width).transpose(0, 1);
        Tensor Head(int part, long head) => qkv.narrow(0, part * SmallUpscalers.Width + head * HeadWidth, HeadWidth);
        Tensor Unit(Tensor x) => x / x.norm(1, keepdim: true, p: 2);
        var attended = cat([.. Enumerable.Range(0, (int)SmallUpscalers.Heads).Select(head => Unit(Head(0, head)).mm(Unit(Head(1, head)).transpose(0, 1)).softmax(1).mm(Head(2, head)))], 0).reshape(1, -1, 5, 6);
        var convolved = Batch(Conv(file, Attn + "dwconv.0", qkv.narrow(0, 2 * SmallUpscalers.Width, SmallUpscalers.Width).reshape(1, -1, 5, 6), SmallUpscalers.Width));
        var places = Conv(file, Attn + "spatial_interaction.3", Batch(Conv(file, Attn + "spatial_interaction.0", convolved))).sigmoid();
        var channels = Conv(file, Attn + "channel_interaction.4", Batch(Conv(file, Attn + "channel_interaction.1", attended.mean([2, 3], keepdim: true)))).sigmoid();
        Assert.InRange(Fixture.RelativeError(result, Linear(file, Attn + "proj", (attended * places + convolved * channels).permute(0, 2, 3, 1))), 0, 1e-5);
    }

    [Fact]
    public void LoadUpscaler_UnknownFile_SaysWhatWasSeenAndWhatIsKnown()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        SafetensorsWriter.Write(path, [new("odd_block.weight", ones(2, 2))]);
        try
        {
            var error = Assert.Throws<WeightsFormatException>(() => new CheckpointLoader(_memory).LoadUpscaler(path));

            Assert.Contains("odd_block (1)", error.Message, StringComparison.Ordinal);
            Assert.Contains("ESRGAN, SwinIR, HAT, DAT", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }

    [Fact]
    public void Upscaler_TableOfNoWindow_SaysTheRule()
    {
        var file = SmallUpscalers.SwinIR(_random).Add(Group + "blocks.0.attn.relative_position_bias_table", zeros(50, 2));

        var error = Assert.Throws<WeightsFormatException>(() => Parts.Upscaler(file.Dict));

        Assert.Contains("(2·window − 1)²", error.Message, StringComparison.Ordinal);
    }

    private PartBuilder Parts => new("test", _memory, ComputePrecision.Fp32, embeddings: null);

    private MemorySource File(string kind) => kind switch
    {
        "SwinIR" => SmallUpscalers.SwinIR(_random),
        "HAT" => SmallUpscalers.Hat(_random),
        _ => SmallUpscalers.Dat(_random),
    };

    private static IUpscaleNetwork Wire(MemorySource file) => UpscalerKinds.Recognise(file.Dict)!.Wire(new NetworkWeights(file.Dict, ScalarType.Float32, CPU));

    /// <summary>A Swin block: for every cell the cells of its window that lie in the same part of the picture, one after the other.</summary>
    private static Tensor SwinBlock(MemorySource file, Tensor map, string block, int shift)
    {
        const int Window = (int)SmallUpscalers.Window, Heads = (int)SmallUpscalers.Heads, Width = (int)SmallUpscalers.Width / Heads;
        var qkv = Linear(file, block + "attn.qkv", Norm(map))[0];
        var table = file.OpenTensor(block + "attn.relative_position_bias_table");
        var rows = (int)map.shape[1];
        var attended = zeros_like(map);
        (int Window, int Place, bool CameOver) Of(int at) => ((at - shift + rows) % rows / Window, (at - shift + rows) % rows % Window, at < shift);
        var cells = (from y in Enumerable.Range(0, rows) from x in Enumerable.Range(0, rows) select (Y: y, X: x)).ToArray();
        foreach (var own in cells)
        {
            var seen = cells.Where(cell => Of(cell.Y).Window == Of(own.Y).Window && Of(cell.X).Window == Of(own.X).Window && Of(cell.Y).CameOver == Of(own.Y).CameOver && Of(cell.X).CameOver == Of(own.X).CameOver).ToArray();
            for (var head = 0; head < Heads; head++)
            {
                Tensor Part((int Y, int X) cell, int part) => qkv[cell.Y, cell.X].narrow(0, (part * Heads + head) * Width, Width);
                var scores = stack([.. seen.Select(cell => (Part(own, 0) * Part(cell, 1)).sum() / Math.Sqrt(Width)
                    + table[(Of(own.Y).Place - Of(cell.Y).Place + Window - 1) * (2 * Window - 1) + Of(own.X).Place - Of(cell.X).Place + Window - 1, head])]).softmax(0);
                var mix = (scores.unsqueeze(1) * stack([.. seen.Select(cell => Part(cell, 2))])).sum(dim: 0);
                attended.narrow(1, own.Y, 1).narrow(2, own.X, 1).narrow(3, head * Width, Width).copy_(mix.reshape(1, 1, 1, -1));
            }
        }
        var h = map + Linear(file, block + "attn.proj", attended);
        return h + Linear(file, block + "mlp.fc2", nn.functional.gelu(Linear(file, block + "mlp.fc1", Norm(h))));
    }

    private static Tensor Norm(Tensor x) => nn.functional.layer_norm(x, [x.shape[^1]]);

    private static Tensor Linear(MemorySource file, string name, Tensor x) => nn.functional.linear(x, file.OpenTensor(name + ".weight"), file.OpenTensor(name + ".bias"));

    private static Tensor Conv(MemorySource file, string name, Tensor x, long groups = 1)
    {
        var weight = file.OpenTensor(name + ".weight");
        return nn.functional.conv2d(x, weight, file.OpenTensor(name + ".bias"), padding: [weight.shape[2] / 2, weight.shape[2] / 2], groups: groups);
    }

    /// <summary>The small networks' batch norm, mean 0.1 and variance 2, then GELU.</summary>
    private static Tensor Batch(Tensor x) => nn.functional.gelu((x - 0.1f) / Math.Sqrt(2 + 1e-5));
}
