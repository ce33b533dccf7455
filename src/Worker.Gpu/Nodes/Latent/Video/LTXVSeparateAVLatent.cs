using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The pictures and the sound of a latent of both.</summary>
internal sealed class LTXVSeparateAVLatent : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("LTXVSeparateAVLatent").In("latent/video/ltxv").Module("comfy_extras.nodes_lt")
        .Input("av_latent", "LATENT")
        .Output("LATENT", "video_latent")
        .Output("LATENT", "audio_latent");

    protected override NodeResult? Run(NodeCall call)
    {
        var both = call.Get<AudioVideoLatent>("av_latent");
        return NodeResult.Of(both.Video, both.Audio);
    }
}
