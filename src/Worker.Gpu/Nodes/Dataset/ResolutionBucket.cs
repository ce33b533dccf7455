using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Sorts latents by size into batches, each with its conditionings.</summary>
internal sealed class ResolutionBucket : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ResolutionBucket", "Resolution Bucket").In("dataset").Module("comfy_extras.nodes_dataset")
        .InputIsList().Experimental()
        .Input("latents", "LATENT")
        .Input("conditioning", "CONDITIONING")
        .Output("LATENT", "latents", isList: true)
        .Output("CONDITIONING", "conditioning", isList: true);

    protected override NodeResult Compute(NodeCall call)
    {
        var (latents, conditionings) = (call.List<Latent>("latents"), call.List<object?>("conditioning"));
        if (latents.Count != conditionings.Count)
            throw NodeFailedException.ValueError($"conditioning: {conditionings.Count} for {latents.Count} latents");
        OrderedDictionary<(long, long), (List<Tensor> Samples, List<object?> Conditioning)> buckets = [];
        foreach (var (latent, conditioning) in latents.Zip(conditionings))
            Sort(buckets, latent.Samples, Entries(conditioning));
        return NodeResult.Of(
            buckets.Values.Select(bucket => (object?)new Latent(stack(bucket.Samples))).ToArray(),
            buckets.Values.Select(bucket => (object?)bucket.Conditioning.ToArray()).ToArray());
    }

    private static void Sort(OrderedDictionary<(long, long), (List<Tensor> Samples, List<object?> Conditioning)> buckets, Tensor samples, IReadOnlyList<object?> entries)
    {
        if (entries.Count < samples.shape[0])
            throw NodeFailedException.IndexError($"conditioning: {entries.Count} entries for a latent of {samples.shape[0]} samples");
        var size = (samples.shape[^2], samples.shape[^1]);
        if (!buckets.TryGetValue(size, out var bucket)) buckets.Add(size, bucket = ([], []));
        for (var i = 0; i < samples.shape[0]; i++)
        {
            bucket.Samples.Add(samples[i]);
            bucket.Conditioning.Add(entries[i]);
        }
    }

    private static IReadOnlyList<object?> Entries(object? conditioning) => conditioning switch
    {
        Conditioning values => [.. values.Items],
        IReadOnlyList<object?> values => values,
        _ => throw NodeFailedException.TypeError($"conditioning: a conditioning is expected, not '{PythonValue.TypeName(conditioning)}'"),
    };
}
