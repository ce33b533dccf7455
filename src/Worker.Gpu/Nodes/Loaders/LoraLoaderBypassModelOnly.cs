using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Changes a model by an adapter file. ComfyUI adds the adapter while the network runs; here the weights are changed on loading, which gives the same sums.</summary>
internal sealed class LoraLoaderBypassModelOnly : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("LoraLoaderBypassModelOnly", "Load LoRA (Bypass, Model Only) (for debugging)").In("loaders").Module("comfy_extras.nodes_lora_debug")
        .Experimental()
        .Input("model", "MODEL")
        .FileCombo("lora_name", "loras")
        .Float("strength_model", 1.0, -100.0, 100.0, 0.01)
        .Output("MODEL");

    protected override NodeResult? Run(NodeCall call) => LoraLoaderModelOnly.Apply(call);
}
