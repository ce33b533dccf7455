using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>One more sound, as a latent, whose timbre a music network takes.</summary>
internal sealed class ReferenceTimbreAudio : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("ReferenceTimbreAudio", "Reference Audio").In("advanced/conditioning/audio").Module("comfy_extras.nodes_ace")
        .Experimental()
        .Input("conditioning", "CONDITIONING")
        .OptionalInputs()
        .Input("latent", "LATENT")
        .Output("CONDITIONING");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(call.Get<Conditioning>("conditioning").With("reference_audio_timbre_latents", call.GetOptional<Latent>("latent")));
}
