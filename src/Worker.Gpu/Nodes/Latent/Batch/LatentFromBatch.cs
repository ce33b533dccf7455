using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Some latents of a batch, which keep their places for noise.</summary>
internal sealed class LatentFromBatch : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("LatentFromBatch", "Latent From Batch").In("latent/batch").Module("nodes")
        .Input("samples", "LATENT")
        .Int("batch_index", 0, 0, 63)
        .Int("length", 1, 1, 64)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var latent = call.Get<Latent>("samples");
        var rows = latent.Samples.shape[0];
        var start = Math.Min(rows - 1, call.Get<long>("batch_index"));
        var length = Math.Min(rows - start, call.Get<long>("length"));
        return NodeResult.Of(latent with
        {
            Samples = latent.Samples.narrow(0, start, length).clone(),
            NoiseMask = latent.NoiseMask is not { } mask ? null
                : mask.shape[0] == 1 ? mask.clone() : Batches.Repeat(mask, rows).narrow(0, start, length).clone(),
            BatchIndex = latent.BatchIndex is { } index ? [.. index.AsSpan((int)start, (int)length)] : [.. Batches.Range(start, length)],
        });
    }
}
