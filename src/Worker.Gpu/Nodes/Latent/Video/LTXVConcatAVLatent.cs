using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Pictures and sound as one latent.</summary>
internal sealed class LTXVConcatAVLatent : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("LTXVConcatAVLatent").In("latent/video/ltxv").Module("comfy_extras.nodes_lt")
        .Input("video_latent", "LATENT")
        .Input("audio_latent", "LATENT")
        .Output("LATENT", "latent");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(new AudioVideoLatent(call.Get<Latent>("video_latent"), call.Get<Latent>("audio_latent")));
}
