using System.Runtime.InteropServices;
using System.Text;
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

    /// <summary>Classes whose results jump from one value to another where a number differs in its last bit, and the share of pixels that must be equal.</summary>
    private static readonly HashSet<string> ByPixels = ["ImageQuantize", "Canny"];

    private const double PixelShare = 0.98;

    internal static IReadOnlyDictionary<string, NodeType> Nodes { get; } = NodeType
        .FromAssembly(typeof(EmptyImage).Assembly, type => (NodeClass)Activator.CreateInstance(type, nonPublic: true)!)
        .ToDictionary(node => node.Definition.ClassType);

    private static readonly HashSet<string> NotComparable =
    [
        "662-PreviewAny", "663-PreviewAny", // how torch prints tensors
        "667-DrawBBoxes", // a label in another font; DrawBBoxesTests has the rest
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
        for (var i = 0; i < outputs.Count; i++) AssertOutput(recorded, i, result.Values[i]);
        if (recorded["ui"] is JsonObject ui) CaseAssert.EqualValue(ui, result.Ui?.Lists.ToDictionary(list => list.Key, list => (object?)list.Value), "ui");
        if (recorded["files"] is JsonArray files) AssertFiles(files, context.Written);
    }

    private static void AssertOutput(JsonObject recorded, int index, object? actual)
    {
        var expected = recorded["outputs"]![index];
        if (ByPixels.Contains((string)recorded["class_type"]!))
            CaseAssert.EqualPixels(Recorded.Outputs[(string)expected!["tensor"]!], Assert.IsType<Tensor>(actual, exactMatch: false), PixelShare);
        else
            CaseAssert.Equal(expected, actual, Tolerance(recorded), $"output {index}");
    }

    private static NodeCall Call(JsonObject recorded, TestNodeContext context)
    {
        var inputs = recorded["inputs"]!.AsObject().Select(input => (Name: input.Key, Value: CaseValues.Read(input.Value))).ToList();
        if (recorded["hidden"] is JsonObject hidden)
            inputs.AddRange([("prompt", CaseValues.Read(hidden["prompt"])), ("extra_pnginfo", CaseValues.Read(hidden["extra"]))]);
        return new NodeCall(context, [.. inputs.Select(input => input.Name)], [.. inputs.Select(input => input.Value)]);
    }

    /// <summary>
    /// Cases in which the last bit of a number is magnified, also in the recorded results, which are fp32: a composite that divides by an alpha
    /// near 0.02 that bicubic scaling made (in exact numbers the recorded one is off by 1.5e-5), transports between colour covariances (no order of
    /// fp32 operations gives the recorded bits, and orders differ among each other by as much), and a shelf at 100 Hz raised by 24 dB (with a
    /// cosine one unit in the last place above the nearest it is the recorded one to the bit; no libtorch on x64 gives that cosine).
    /// </summary>
    private static readonly Dictionary<string, double> Magnified = new()
    {
        ["107-PorterDuffImageComposite"] = 1.5 * Exact,
        ["306-ColorTransfer"] = 1.5 * Exact,
        ["309-ColorTransfer"] = 1.5 * Exact,
        ["763-AudioEqualizer3Band"] = 9 * Exact,
    };

    private static double Tolerance(JsonObject recorded) =>
        Magnified.TryGetValue((string)recorded["id"]!, out var tolerance) ? tolerance : UsesLanczos(recorded) ? OneStepOf8Bits : Exact;

    /// <summary>Whether a case scales by lanczos: where it asks for it, a stitch of unequal sizes that is to match them, a painting of another size.</summary>
    private static bool UsesLanczos(JsonObject recorded)
    {
        var inputs = recorded["inputs"]!;
        return (string?)recorded["class_type"] switch
        {
            "ImageStitch" => (bool)inputs["match_image_size"]!,
            "Painter" => (string?)inputs["mask"] is { Length: > 0 },
            _ => inputs.ToJsonString().Contains("lanczos", StringComparison.Ordinal),
        };
    }

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
            var (file, bytes) = written.All[i];
            CaseAssert.EqualValue(expected[i]!["name"], file.Subfolder.Length > 0 ? $"{file.Subfolder}/{file.FileName}" : file.FileName, $"file {i}");
            Assert.Equal((string?)expected[i]!["folder"], file.Folder.ToString().ToLowerInvariant());
            if ((string?)expected[i]!["text"] is { } text) Assert.Equal(text, Encoding.UTF8.GetString(bytes));
            else AssertPixels(expected[i]!, bytes);
        }
    }

    private static void AssertPixels(JsonNode expected, byte[] file)
    {
        ChunkAssert.Equal(expected["chunks"]!.AsArray(), file);
        var decoded = ChunkAssert.Frames(file).SelectMany(frame => ImageDecoder.Decode(frame, "written").Frames);
        var frames = cat([.. decoded.Select(TensorImages.FromPixels)]).mul(255).round().to(ScalarType.Byte);
        var recorded = Recorded.Outputs[(string)expected["pixels"]!];
        var actual = frames.narrow(-1, 0, recorded.shape[^1]);
        Assert.Equal(0, (recorded.to(ScalarType.Int32).reshape(actual.shape) - actual.to(ScalarType.Int32)).abs().max().item<int>());
    }
}
