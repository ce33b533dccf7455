using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Pastes a latent into another, fading at the sides that are not the other's own.</summary>
internal sealed class LatentComposite : TensorNode
{
    private const long PixelsPerCell = 8;
    protected override void Define(NodeBuilder node) => node
        .V1().Named("LatentComposite", "Latent Composite").In("latent").Module("nodes")
        .Input("samples_to", "LATENT")
        .Input("samples_from", "LATENT")
        .Int("x", 0, 0, 16384, 8)
        .Int("y", 0, 0, 16384, 8)
        .Int("feather", 0, 0, 16384, 8)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var to = call.Get<Latent>("samples_to");
        long x = call.Get<long>("x") / PixelsPerCell, y = call.Get<long>("y") / PixelsPerCell, feather = call.Get<long>("feather") / PixelsPerCell;
        long height = to.Samples.shape[2], width = to.Samples.shape[3];
        var from = call.Get<Latent>("samples_from").Samples;
        long h = Math.Min(from.shape[2], height - y), w = Math.Min(from.shape[3], width - x);
        if (h <= 0 || w <= 0) return NodeResult.Of(to);
        from = from.narrow(2, 0, h).narrow(3, 0, w);

        var result = to.Samples.clone();
        var target = result.narrow(2, y, h).narrow(3, x, w);
        if (feather == 0)
        {
            target.copy_(from);
            return NodeResult.Of(to with { Samples = result });
        }
        var mask = ones_like(from);
        for (var i = 0L; i < feather; i++)
        {
            var share = 1.0 / feather * (i + 1);
            if (y != 0 && i < h) mask.narrow(2, i, 1).mul_(share);
            if (y + h < height && i < h) mask.narrow(2, h - 1 - i, 1).mul_(share);
            if (x != 0 && i < w) mask.narrow(3, i, 1).mul_(share);
            if (x + w < width && i < w) mask.narrow(3, w - 1 - i, 1).mul_(share);
        }
        target.copy_(from * mask + target * (1 - mask));
        return NodeResult.Of(to with { Samples = result });
    }
}
