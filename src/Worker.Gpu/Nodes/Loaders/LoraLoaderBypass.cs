using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Changes a model and its text side by an adapter file. ComfyUI adds the adapter while the networks run; here the weights are changed on loading, which gives the same sums.</summary>
internal sealed class LoraLoaderBypass : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("LoraLoaderBypass", "Load LoRA (Bypass) (For debugging)").In("loaders").Module("comfy_extras.nodes_lora_debug")
        .Experimental()
        .Input("model", "MODEL", options: o => o.Tooltip("The model to change."))
        .Input("clip", "CLIP", options: o => o.Tooltip("The text side to change."))
        .FileCombo("lora_name", "loras", options: o => o.Tooltip("The adapter file."))
        .Float("strength_model", 1.0, -100.0, 100.0, 0.01)
        .Float("strength_clip", 1.0, -100.0, 100.0, 0.01)
        .Output("MODEL")
        .Output("CLIP");

    protected override NodeResult? Run(NodeCall call) => LoraLoader.Apply(call);
}
