using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>A list of batches cut anew into batches of one length. Another size begins a new batch.</summary>
internal sealed class RebatchLatents : TensorNode
{
    private const long PixelsPerCell = 8;

    protected override void Define(NodeBuilder node) => node
        .Named("RebatchLatents", "Rebatch Latents").In("latent/batch").Module("comfy_extras.nodes_rebatch")
        .InputIsList()
        .Input("latents", "LATENT")
        .Int("batch_size", 1, 1, 4096)
        .Output("LATENT", isList: true);

    protected override NodeResult Compute(NodeCall call)
    {
        var length = Math.Max(1, call.List<long>("batch_size")[0]);
        List<object?> batches = [];
        Group? pending = null;
        var seen = 0L;
        foreach (var latent in call.List<Latent>("latents"))
        {
            var next = Group.Of(latent, seen);
            seen += next.Length;
            if (pending is not null && !pending.Samples.shape.AsSpan(1).SequenceEqual(next.Samples.shape.AsSpan(1)))
            {
                batches.Add(pending.ToLatent());
                pending = null;
            }
            pending = pending?.Join(next) ?? next;
            while (pending?.Length > length)
            {
                batches.Add(pending.Take(0, length).ToLatent());
                pending = pending.Take(length, pending.Length - length);
            }
        }
        if (pending is not null) batches.Add(pending.ToLatent());
        return NodeResult.Of((object)batches.ToArray());
    }

    /// <summary>Samples, a mask for each, and their places.</summary>
    private sealed record Group(Tensor Samples, Tensor Mask, long[] Places)
    {
        public long Length => Samples.shape[0];

        public static Group Of(Latent latent, long seen)
        {
            var (samples, rows) = (latent.Samples, latent.Samples.shape[0]);
            var mask = latent.NoiseMask is { } own
                ? Batches.Repeat(Batches.MaskPlanes(own), rows)
                : ones(TensorMemory.Require(rows, 1, samples.shape[^2] * PixelsPerCell, samples.shape[^1] * PixelsPerCell));
            return new Group(samples, mask, [.. latent.BatchIndex ?? [.. Batches.Range(seen, rows)]]);
        }

        public Group Join(Group next) => new(cat([Samples, next.Samples]), cat([Mask, next.Mask]), [.. Places, .. next.Places]);

        public Group Take(long start, long count) =>
            new(Samples.narrow(0, start, count), Mask.narrow(0, start, count), Places[(int)start..(int)(start + count)]);

        public Latent ToLatent() => new(Samples.clone())
        {
            NoiseMask = Mask.mean().item<float>() == 1 ? null : Mask.clone(),
            BatchIndex = [.. Places],
        };
    }
}
