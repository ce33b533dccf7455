using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Weighs a conditioning by place.</summary>
internal sealed class ConditioningSetMask : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ConditioningSetMask", "Conditioning (Set Mask)").In("conditioning").Module("nodes")
        .Input("conditioning", "CONDITIONING")
        .Input("mask", "MASK")
        .Float("strength", 1.0, 0.0, 10.0, 0.01)
        .Combo("set_cond_area", ["default", "mask bounds"])
        .Output("CONDITIONING");

    protected override NodeResult Compute(NodeCall call)
    {
        var mask = call.Get<Tensor>("mask");
        return NodeResult.Of(call.Get<Conditioning>("conditioning").With(
            ("mask", mask.dim() < 3 ? mask.unsqueeze(0) : mask),
            ("set_area_to_bounds", call.Get<string>("set_cond_area") != "default"),
            ("mask_strength", call.Get<double>("strength"))));
    }
}
