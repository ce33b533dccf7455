using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Gives the second stage of Stable Cascade what the first one made.</summary>
internal sealed class StableCascade_StageB_Conditioning : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("StableCascade_StageB_Conditioning").In("conditioning/stable_cascade").Module("comfy_extras.nodes_stable_cascade")
        .Input("conditioning", "CONDITIONING")
        .Input("stage_c", "LATENT")
        .Output("CONDITIONING");

    protected override NodeResult? Run(NodeCall call) =>
        NodeResult.Of(call.Get<Conditioning>("conditioning").With(("stable_cascade_prior", call.Get<Latent>("stage_c").Samples)));
}
