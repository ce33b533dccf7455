using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>A batch several times over, each with noise of its own.</summary>
internal sealed class RepeatLatentBatch : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("RepeatLatentBatch", "Repeat Latent Batch").In("latent/batch").Module("nodes")
        .Input("samples", "LATENT")
        .Int("amount", 1, 1, 64)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var latent = call.Get<Latent>("samples");
        var amount = call.Get<long>("amount");
        var rows = latent.Samples.shape[0];
        return NodeResult.Of(latent with
        {
            Samples = Repeat(latent.Samples, amount),
            NoiseMask = latent.NoiseMask is not { } mask || mask.shape[0] == 1 ? latent.NoiseMask : Repeat(Batches.Repeat(mask, rows), amount),
            BatchIndex = latent.BatchIndex is { Length: > 0 } index
                ? [.. Batches.Range(0, amount).SelectMany(i => index.Select(place => place + i * (index.Max() - index.Min() + 1)))]
                : latent.BatchIndex,
        });
    }

    private static Tensor Repeat(Tensor rows, long amount)
    {
        TensorMemory.Require([rows.shape[0] * amount, .. rows.shape[1..]]);
        return rows.repeat([amount, .. Enumerable.Repeat(1L, (int)rows.dim() - 1)]);
    }
}
