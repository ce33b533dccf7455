using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Nodes;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Compares what a node gave with what was recorded.</summary>
internal static class CaseAssert
{
    public static void Equal(JsonNode? expected, object? actual, double tolerance, string at)
    {
        var record = Assert.IsType<JsonObject>(expected);
        if (record["tensor"] is { } name) EqualTensor(Recorded.Outputs[(string)name!], Assert.IsType<Tensor>(actual, exactMatch: false), tolerance, at);
        else if (record["list"] is JsonArray list) EqualList(list, Elements(actual, at), tolerance, at);
        else if (record["dict"] is JsonObject dict) EqualDictionary(dict, Members(actual, at), tolerance, at);
        else if (record.ContainsKey("curve")) EqualCurve(record, Assert.IsType<Curve>(actual), at);
        else if (record.ContainsKey("value")) EqualValue(record["value"], actual, at);
        else if (record["video"] is JsonObject video) EqualVideo(video, Assert.IsType<Video>(actual), tolerance, at);
        else if (record.ContainsKey("opaque")) Assert.NotNull(actual);
        else Assert.Fail($"{at}: no comparison for {record.ToJsonString()}");
    }

    /// <summary>Compares plain JSON, as in UI outputs; five question marks stand for any five letters.</summary>
    public static void EqualValue(JsonNode? expected, object? actual, string at)
    {
        switch (expected)
        {
            case JsonArray list:
                var elements = Elements(actual, at);
                Assert.True(list.Count == elements.Count, $"{at}: {elements.Count} elements, not {list.Count}");
                for (var i = 0; i < list.Count; i++) EqualValue(list[i], elements[i], $"{at}[{i}]");
                break;
            case JsonObject dict:
                var members = Members(actual, at);
                Assert.Equal(dict.Select(member => member.Key).Order(), members.Keys.Order());
                foreach (var (key, value) in dict) EqualValue(value, members[key], $"{at}.{key}");
                break;
            default:
                EqualScalar(CaseValues.Read(expected), actual, at);
                break;
        }
    }

    private static void EqualScalar(object? expected, object? actual, string at)
    {
        if (expected is double number)
            Assert.True(actual is double or float && Close(number, Convert.ToDouble(actual, CultureInfo.InvariantCulture)), $"{at}: {actual}, not {number}");
        else if (expected is long or BigInteger)
            Assert.True(actual is int or long or ulong or BigInteger && Integer(actual) == Integer(expected), $"{at}: {actual} ({actual?.GetType()}), not {expected}");
        else if (expected is string text && actual is string given && text.Contains("?????", StringComparison.Ordinal))
            Assert.Matches("^" + System.Text.RegularExpressions.Regex.Escape(text).Replace(@"\?\?\?\?\?", "[a-z]{5}", StringComparison.Ordinal) + "$", given);
        else
            Assert.True(Equals(expected, actual), $"{at}: {actual ?? "null"}, not {expected ?? "null"}");
    }

    private static bool Close(double expected, double actual) =>
        (double.IsNaN(expected) && double.IsNaN(actual)) || expected == actual || Math.Abs(expected - actual) <= 1e-5 + 1e-5 * Math.Abs(expected);

    private static BigInteger Integer(object value) => value is BigInteger big ? big : new BigInteger(Convert.ToDecimal(value, CultureInfo.InvariantCulture));

    private static void EqualTensor(Tensor expected, Tensor actual, double tolerance, string at)
    {
        Assert.True(expected.shape.SequenceEqual(actual.shape), $"{at}: [{string.Join(", ", actual.shape)}], not [{string.Join(", ", expected.shape)}]");
        Assert.Equal(expected.dtype, actual.dtype);
        if (expected.numel() == 0) return;
        var excess = (expected - actual).abs() - expected.abs() * 1e-5;
        Assert.True(excess.max().item<float>() <= tolerance, $"{at}: off by {excess.max().item<float>()} beyond 1e-5 relative");
        Assert.False(actual.isnan().any().item<bool>() && !expected.isnan().any().item<bool>(), $"{at}: NaN");
    }

    private static void EqualCurve(JsonObject expected, Curve actual, string at)
    {
        EqualValue(expected["points"], actual.Points.Select(point => (object?)new object?[] { point.X, point.Y }).ToArray(), $"{at}.points");
        Assert.Equal((string?)expected["curve"] == "LinearCurve", actual.IsLinear);
        var samples = expected["lut33"]!.AsArray();
        for (var i = 0; i < samples.Count; i++) Assert.Equal((double)samples[i]!, actual.At(i / (samples.Count - 1.0)), 1e-5);
        foreach (var (x, y) in expected["interp"]!.AsObject()) Assert.Equal((double)y!, actual.At(double.Parse(x, CultureInfo.InvariantCulture)), 1e-5);
    }

    /// <summary>Asserts that so many pixels agree in every channel.</summary>
    public static void EqualPixels(Tensor expected, Tensor actual, double share)
    {
        Assert.Equal(expected.shape, actual.shape);
        var agree = ((expected - actual).abs() <= 1e-5).all(-1).to(ScalarType.Float32).mean().item<float>();
        Assert.True(agree >= share, $"{agree:P2} of the pixels agree, not {share:P0}");
    }

    private static void EqualList(JsonArray expected, IReadOnlyList<object?> actual, double tolerance, string at)
    {
        Assert.True(expected.Count == actual.Count, $"{at}: {actual.Count} elements, not {expected.Count}");
        for (var i = 0; i < expected.Count; i++) Equal(expected[i], actual[i], tolerance, $"{at}[{i}]");
    }

    private static void EqualDictionary(JsonObject expected, IReadOnlyDictionary<string, object?> actual, double tolerance, string at)
    {
        Assert.Equal(expected.Select(member => member.Key).Order(), actual.Keys.Order());
        foreach (var (key, value) in expected) Equal(value, actual[key], tolerance, $"{at}.{key}");
    }

    private static IReadOnlyList<object?> Elements(object? value, string at) => value switch
    {
        Conditioning conditioning => [.. conditioning.Items],
        ConditioningItem item => [item.Context, item.Options],
        IReadOnlyList<object?> list => list,
        IList list => [.. list.Cast<object?>()],
        _ => throw new Xunit.Sdk.XunitException($"{at}: {value?.GetType()} is no list"),
    };

    private static IReadOnlyDictionary<string, object?> Members(object? value, string at) => value switch
    {
        Latent latent => OfLatent(latent),
        Audio audio => new Dictionary<string, object?> { ["waveform"] = audio.Waveform, ["sample_rate"] = audio.SampleRate },
        IReadOnlyDictionary<string, object?> members => members,
        _ => throw new Xunit.Sdk.XunitException($"{at}: {value?.GetType()} is no dictionary"),
    };

    private static void EqualVideo(JsonObject expected, Video actual, double tolerance, string at)
    {
        Equal(expected["images"], actual.Images, tolerance, $"{at}.images");
        if (expected["audio"]!.AsObject().ContainsKey("dict")) Equal(expected["audio"], actual.Sound, tolerance, $"{at}.audio");
        else Assert.Null(actual.Sound);
        Assert.Equal((string?)expected["frame_rate"], actual.Rate.ToString());
    }

    private static Dictionary<string, object?> OfLatent(Latent latent)
    {
        Dictionary<string, object?> members = new(latent.More) { ["samples"] = latent.Samples };
        if (latent.NoiseMask is not null) members["noise_mask"] = latent.NoiseMask;
        if (latent.BatchIndex is { } index) members["batch_index"] = index.Cast<object?>().ToArray();
        return members;
    }
}
