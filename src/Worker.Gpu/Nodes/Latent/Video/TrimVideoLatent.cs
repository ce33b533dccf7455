using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A video latent without its first frames.</summary>
internal sealed class TrimVideoLatent : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("TrimVideoLatent").In("latent/video").Module("comfy_extras.nodes_wan")
        .Input("samples", "LATENT")
        .Int("trim_amount", 0, 0, 99999)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var latent = call.Get<Latent>("samples");
        var (frames, trim) = (latent.Samples.shape[2], Math.Clamp(call.Get<long>("trim_amount"), 0, latent.Samples.shape[2]));
        return NodeResult.Of(latent with { Samples = latent.Samples.narrow(2, trim, frames - trim).contiguous() });
    }
}
