using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Another meaning of the network's output over the thousand levels.</summary>
internal sealed class ModelSamplingDiscrete : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ModelSamplingDiscrete", "ModelSamplingDiscrete").In("advanced/model").Module("comfy_extras.nodes_model_advanced")
        .Input("model", "MODEL")
        .Combo("sampling", ["eps", "v_prediction", "lcm", "x0", "img_to_img", "img_to_img_flow"])
        .Boolean("zsnr", false, options: o => o.Advanced())
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call)
    {
        var zeroTerminal = call.Get<bool>("zsnr");
        var sampling = call.Get<string>("sampling") switch
        {
            "lcm" => ModelSampling.Lcm(zeroTerminal),
            "v_prediction" => ModelSampling.Discrete(Prediction.V, zeroTerminal),
            "x0" => ModelSampling.Discrete(Prediction.X0, zeroTerminal),
            "img_to_img" => ModelSampling.Discrete(Prediction.ImageToImage, zeroTerminal),
            "img_to_img_flow" => ModelSampling.Discrete(Prediction.ImageToImageFlow, zeroTerminal),
            _ => ModelSampling.Discrete(Prediction.Eps, zeroTerminal),
        };
        return NodeResult.Of(call.Get<DiffusionModel>("model") with { Sampling = sampling });
    }
}
