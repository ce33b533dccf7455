using Farm.Engine.Hooks;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A hook that changes a model by an adapter file.</summary>
internal sealed class CreateHookLoraModelOnly : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CreateHookLoraModelOnly", "Create Hook LoRA (MO)").In("advanced/hooks/create").Module("comfy_extras.nodes_hooks")
        .Experimental()
        .FileCombo("lora_name", "loras")
        .Float("strength_model", 1.0, -20.0, 20.0, 0.01)
        .OptionalInputs()
        .Input("prev_hooks", "HOOKS")
        .Output("HOOKS");

    protected override NodeResult? Run(NodeCall call)
    {
        var previous = HookGroup.Of(call, "prev_hooks");
        var (forModel, forClip) = (call.Get<float>("strength_model"), 0f);
        if (forModel == 0 && forClip == 0) return NodeResult.Of(previous);
        return NodeResult.Of(previous.With(WeightHook.Of(AdapterFiles.Open(call, "lora_name")) with { ModelStrength = forModel, ClipStrength = forClip }));
    }
}
