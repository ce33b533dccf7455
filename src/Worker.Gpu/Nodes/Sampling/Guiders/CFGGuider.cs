using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Classifier-free guidance.</summary>
internal sealed class CFGGuider : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("CFGGuider").In("sampling/custom_sampling/guiders").Module("comfy_extras.nodes_custom_sampler")
        .Input("model", "MODEL")
        .Input("positive", "CONDITIONING")
        .Input("negative", "CONDITIONING")
        .Float("cfg", 8.0, 0.0, 100.0, 0.1, 0.01)
        .Output("GUIDER");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(Denoising.Cfg(call, call.Get<float>("cfg")));
}
