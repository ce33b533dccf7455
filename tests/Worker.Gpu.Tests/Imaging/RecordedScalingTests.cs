using Farm.Engine.Weights;
using Farm.Worker.Imaging;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Imaging;

/// <summary>Resizing by every method, against recordings of ComfyUI 0.19.3 (six channels, 5×7 to other sizes).</summary>
public sealed class RecordedScalingTests
{
    private const string Prefix = "upscale|";

    private static readonly SafetensorsFile Recorded = SafetensorsFile.Open(Path.Combine(AppContext.BaseDirectory, "Imaging", "Fixtures", "scaling.safetensors"));

    public static TheoryData<string> Names => [.. Recorded.Tensors.Select(tensor => tensor.Name).Where(name => name != Prefix + "in")];

    [Theory]
    [MemberData(nameof(Names))]
    public void Resize_ByAMethod_GivesTheRecordedValues(string name)
    {
        using var scope = NewDisposeScope();
        var expected = Recorded.OpenTensor(name);
        var method = name[Prefix.Length..].Split('_')[0];

        var resized = Scaling.Resize(Recorded.OpenTensor(Prefix + "in"), expected.shape[3], expected.shape[2], method, cropCentre: name.EndsWith("_center", StringComparison.Ordinal));

        Assert.Equal(expected.shape, resized.shape);
        Assert.InRange(((resized - expected).norm() / expected.norm()).item<float>(), 0, 1e-5);
    }
}
