using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Farm.Nodes;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Imaging;
using Farm.Worker.Nodes;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Every case recorded from ComfyUI 0.19.3 of every class that is built: values, UI output, files.</summary>
public class RecordedCasesTests
{
    private const double Exact = 1e-5;
    private const double OneStepOf8Bits = 1.01 / 255;

    internal static IReadOnlyDictionary<string, NodeType> Nodes { get; } = NodeType
        .FromAssembly(typeof(EmptyImage).Assembly, type => (NodeClass)Activator.CreateInstance(type, nonPublic: true)!)
        .ToDictionary(node => node.Definition.ClassType);

    private static readonly HashSet<string> NotComparable =
    [
        "662-PreviewAny", "663-PreviewAny", // how torch prints tensors
    ];

    public static TheoryData<string> Ids =>
        [.. Recorded.Cases.Where(c => Nodes.ContainsKey((string)c["class_type"]!)).Select(c => (string)c["id"]!).Except(NotComparable)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Run_RecordedInputs_GivesTheRecordedResult(string id)
    {
        var recorded = Recorded.Cases.Single(c => (string?)c["id"] == id);
        var node = (Node)Nodes[(string)recorded["class_type"]!].Create();
        var context = new TestNodeContext();
        if (recorded["error"] is { } error)
        {
            AssertFails((string)error!, () => node.Invoke(Call(recorded, context)));
            return;
        }

        var result = node.Invoke(Call(recorded, context))!;

        var outputs = recorded["outputs"]!.AsArray();
        Assert.Equal(outputs.Count, result.Values.Count);
        for (var i = 0; i < outputs.Count; i++) CaseAssert.Equal(outputs[i], result.Values[i], Tolerance(recorded), $"output {i}");
        if (recorded["ui"] is JsonObject ui) CaseAssert.EqualValue(ui, result.Ui?.Lists.ToDictionary(list => list.Key, list => (object?)list.Value), "ui");
        if (recorded["files"] is JsonArray files) AssertFiles(files, context.Written);
    }

    private static NodeCall Call(JsonObject recorded, TestNodeContext context)
    {
        var inputs = recorded["inputs"]!.AsObject().Select(input => (Name: input.Key, Value: CaseValues.Read(input.Value))).ToList();
        if (recorded["hidden"] is JsonObject hidden)
            inputs.AddRange([("prompt", CaseValues.Read(hidden["prompt"])), ("extra_pnginfo", CaseValues.Read(hidden["extra"]))]);
        return new NodeCall(context, [.. inputs.Select(input => input.Name)], [.. inputs.Select(input => input.Value)]);
    }

    /// <summary>A composite that divides by alphas near 1e-5: the last bit of the bicubic resize before it is magnified.</summary>
    private const string Magnified = "107-PorterDuffImageComposite";

    // A shelf at 100 Hz raised by 24 dB: the last bits of its coefficients count; an independent computation is off by 1.7e-4.
    private const string SteepShelf = "763-AudioEqualizer3Band";

    private static double Tolerance(JsonObject recorded) => (string?)recorded["id"] switch
    {
        Magnified => 5 * Exact,
        SteepShelf => 1e-4,
        _ => recorded["inputs"]!.ToJsonString().Contains("lanczos", StringComparison.Ordinal) ? OneStepOf8Bits : Exact,
    };

    private static void AssertFails(string type, Action run)
    {
        var failure = Assert.ThrowsAny<Exception>(run);
        var shown = failure switch { NodeFailedException known => known.Type.Split('.')[^1], ExternalException => "RuntimeError", _ => failure.GetType().Name };
        Assert.Equal(type, shown);
    }

    private static void AssertFiles(JsonArray expected, TestNodeFiles written)
    {
        Assert.Equal(expected.Count, written.All.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            if (expected[i]!["pixels"] is not { } pixels) continue;
            var decoded = ImageDecoder.Decode(written.All[i].Bytes, "written").Frames;
            var frames = cat([.. decoded.Select(TensorImages.FromPixels)]).mul(255).round().to(ScalarType.Byte);
            var recorded = Recorded.Outputs[(string)pixels!];
            var actual = frames.narrow(-1, 0, recorded.shape[^1]);
            Assert.Equal(0, (recorded.to(ScalarType.Int32).reshape(actual.shape) - actual.to(ScalarType.Int32)).abs().max().item<int>());
        }
    }
}
