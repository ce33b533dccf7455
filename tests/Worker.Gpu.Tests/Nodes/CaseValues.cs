using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Farm.Engine;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Nodes;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Turns the inputs of recorded cases into what nodes take: <c>$name</c> is a recorded tensor in the value its kind flows as.</summary>
internal static class CaseValues
{
    private static readonly ModelMemory Memory = new(CPU);

    public static object? Read(JsonNode? node) => node switch
    {
        null => null,
        JsonObject members => members.Aggregate(new OrderedDictionary<string, object?>(), (all, member) =>
        {
            all[member.Key] = Read(member.Value);
            return all;
        }),
        JsonArray elements => elements.Select(Read).ToArray(),
        _ => Scalar(node.AsValue().GetValue<JsonElement>()),
    };

    private static object? Scalar(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => element.GetString() is ['$', .. var reference] ? Resolve(reference) : element.GetString(),
        _ when element.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') >= 0 => element.GetDouble(),
        _ => element.TryGetInt64(out var small) ? small : (object)BigInteger.Parse(element.GetRawText(), CultureInfo.InvariantCulture),
    };

    private static object Resolve(string reference) => reference.Split(':') switch
    {
        ["sigmas", var list] => tensor(list.Split(',').Select(text => float.Parse(text, CultureInfo.InvariantCulture)).ToArray()),
        ["model", var name] => new CheckpointLoader(Memory, ComputePrecision.Fp32).Load(Checkpoints.PathOf(name)).Model!,
        ["svg", var name] => Drawings(name),
        ["latMasked"] => Latent("latA") with { NoiseMask = Recorded.Inputs["nmask"] },
        ["latMaskedC"] => Latent("latC") with { NoiseMask = Recorded.Inputs["nmaskB"], BatchIndex = [4, 7, 9] },
        ["latIdx"] => Latent("latC") with { BatchIndex = [5, 5, 2] },
        ["op", "reinhard", var multiplier] => Operation("LatentOperationTonemapReinhard", ("multiplier", Number(multiplier))),
        ["op", "sharpen", var radius, var sigma, var alpha] => Operation(
            "LatentOperationSharpen", ("sharpen_radius", long.Parse(radius, CultureInfo.InvariantCulture)), ("sigma", Number(sigma)), ("alpha", Number(alpha))),
        ["video", var images, var rate, .. var sound] => new Video(
            Recorded.Inputs[images], sound is [var audio] ? Audio(audio) : null, FrameRate.Of(Number(rate))),
        [var name] when Recorded.Audio.ContainsKey(name) => Audio(name),
        ["condA"] => Conditioning("condA", "poolA"),
        ["condB"] => Conditioning("condB", "poolB"),
        ["condLong"] => Conditioning("condLong", null),
        [var name] when name.StartsWith("lat", StringComparison.Ordinal) => Latent(name),
        [var name] => Recorded.Inputs[name],
        _ => throw new NotSupportedException($"Recorded cases with ${reference} are not run."),
    };

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static Audio Audio(string name) =>
        new(Recorded.Inputs[(string)Recorded.Audio[name]!["waveform"]!], (long)Recorded.Audio[name]!["sample_rate"]!);

    private static object Operation(string classType, params (string Name, object? Value)[] inputs)
    {
        var call = new NodeCall(new TestNodeContext(), [.. inputs.Select(input => input.Name)], [.. inputs.Select(input => input.Value)]);
        return ((Node)RecordedCasesTests.Nodes[classType].Create()).Invoke(call)!.Values[0]!;
    }

    private static IReadOnlyList<byte[]> Drawings(string name) =>
        [.. Recorded.Drawings[name].Select(System.Text.Encoding.UTF8.GetBytes)];

    private static Latent Latent(string name) => new(Recorded.Inputs[name]);

    private static Conditioning Conditioning(string context, string? pooled)
    {
        var options = ImmutableDictionary<string, object?>.Empty;
        if (pooled is not null) options = options.Add(ConditioningItem.Pooled, Recorded.Inputs[pooled]);
        return new Conditioning([new ConditioningItem(Recorded.Inputs[context], options)]);
    }
}
