using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>One conditioning, no guidance.</summary>
internal sealed class BasicGuider : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("BasicGuider").In("sampling/custom_sampling/guiders").Module("comfy_extras.nodes_custom_sampler")
        .Input("model", "MODEL")
        .Input("conditioning", "CONDITIONING")
        .Output("GUIDER");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(new GuiderSource(
        call.Get<DiffusionModel>("model"), [call.Get<Conditioning>("conditioning")], (run, sets) => new CfgGuider(run.Model, sets[0], [], scale: 1, run.Hooks)));
}
