using System.Text.Json;
using Farm.Engine.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Sampling;

public sealed class LatentPreviewTests
{
    /// <summary>(v + 1)/2 clamped, ×255, truncated, with v the latent times the colour matrix plus bias.</summary>
    [Fact]
    public void Create_OfALatent_MixesChannelsByTheMatrix()
    {
        using var scope = NewDisposeScope();
        var format = LatentFormats.SDXL;
        var latent = zeros(1, 4, 2, 3);
        latent[0, 1, 1, 2] = 2f;

        var preview = LatentPreview.Create(latent, format);

        Assert.Equal((3, 2, 18), (preview.Width, preview.Height, preview.Rgb.Length));
        Assert.Equal(Expected(0), preview.Rgb[..3]);
        Assert.Equal(Expected(2), preview.Rgb[^3..]);

        byte[] Expected(float value) => [.. Enumerable.Range(0, 3).Select(c =>
            (byte)(Math.Clamp((format.RgbFactors[1][c] * value + format.RgbBias[c] + 1) / 2, 0, 1) * 255))];
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Format_ThereAndBack_IsTheSameLatent(string name)
    {
        using var scope = NewDisposeScope();
        var format = All[name];
        var latent = randn([2, format.Channels, 3, 5], generator: new Generator(3));

        Assert.Equal(format.Channels, format.RgbFactors.Length);
        Assert.InRange(Golden.RelativeError(format.FromModel(format.ToModel(latent)), latent), 0, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Format_EveryFigure_IsTheRecordedOne(string name)
    {
        var (format, recorded) = (All[name], Recorded.GetProperty(name));

        Assert.Equal(recorded.GetProperty("latent_channels").GetInt32(), format.Channels);
        Assert.Equal(recorded.GetProperty("spacial_downscale_ratio").GetInt32(), format.SpatialDownscale);
        Assert.Equal(recorded.GetProperty("scale_factor").GetDouble(), format.ScaleFactor);
        Assert.Equal(recorded.TryGetProperty("shift_factor", out var shift) ? shift.GetDouble() : 0, format.ShiftFactor);
        Assert.Equal(Row("latents_mean"), format.Mean);
        Assert.Equal(Row("latents_std"), format.Deviation);
        Assert.Equal(Row("latent_rgb_factors_bias") ?? [0, 0, 0], format.RgbBias);
        Assert.Equal(recorded.GetProperty("latent_rgb_factors").EnumerateArray().Select(Floats), format.RgbFactors);

        float[]? Row(string member) => recorded.TryGetProperty(member, out var row) ? Floats(row) : null;

        static float[] Floats(JsonElement row) => [.. row.EnumerateArray().Select(value => value.GetSingle())];
    }

    private static readonly JsonElement Recorded = JsonDocument.Parse(File.ReadAllText(Golden.PathOf("latent-formats.json"))).RootElement;

    private static readonly Dictionary<string, LatentFormat> All =
        new[] { LatentFormats.SD15, LatentFormats.SDXL, LatentFormats.Playground25, LatentFormats.X4Upscaler, LatentFormats.SD3, LatentFormats.Flux }
            .ToDictionary(format => format.Name, StringComparer.Ordinal);

    public static TheoryData<string> Formats => [.. All.Keys];
}
