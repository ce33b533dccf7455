using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Adds a control network with its picture to both sides for a part of the walk, with a VAE for networks that read latents.</summary>
internal sealed class ControlNetApplySD3 : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("ControlNetApplySD3", "Apply Controlnet with VAE").In("conditioning/controlnet").Module("comfy_extras.nodes_sd3")
        .Deprecated()
        .Input("positive", "CONDITIONING")
        .Input("negative", "CONDITIONING")
        .Input("control_net", "CONTROL_NET")
        .Input("vae", "VAE")
        .Input("image", "IMAGE")
        .Float("strength", 1.0, 0.0, 10.0, 0.01)
        .Float("start_percent", 0.0, 0.0, 1.0, 0.001)
        .Float("end_percent", 1.0, 0.0, 1.0, 0.001)
        .Output("CONDITIONING", "positive")
        .Output("CONDITIONING", "negative");

    protected override NodeResult? Run(NodeCall call) => ControlNetApplyAdvanced.Apply(call);
}
