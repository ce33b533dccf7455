using Farm.Engine.Adapters;
using Farm.Engine.Models.UNet;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Changes a model by an adapter file.</summary>
internal sealed class LoraLoaderModelOnly : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("LoraLoaderModelOnly", "Load LoRA").In("loaders").Module("nodes")
        .More("essentials_category", "Image Generation")
        .Input("model", "MODEL")
        .FileCombo("lora_name", "loras")
        .Float("strength_model", 1.0, -100.0, 100.0, 0.01)
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call) => Apply(call);

    /// <summary>The model of a call with its adapter.</summary>
    internal static NodeResult Apply(NodeCall call)
    {
        var (model, strength) = (call.Get<DiffusionModel>("model"), call.Get<float>("strength_model"));
        return NodeResult.Of(strength == 0 ? model : AdapterFiles.Open(call, "lora_name", model, clip: null).ApplyTo(model, strength));
    }
}
