using Farm.Engine.Hooks;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A hook that puts another checkpoint's weights in the place of a model's.</summary>
internal sealed class CreateHookModelAsLoraModelOnly : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CreateHookModelAsLoraModelOnly", "Create Hook Model as LoRA (MO)").In("advanced/hooks/create").Module("comfy_extras.nodes_hooks")
        .Experimental()
        .FileCombo("ckpt_name", "checkpoints")
        .Float("strength_model", 1.0, -20.0, 20.0, 0.01)
        .OptionalInputs()
        .Input("prev_hooks", "HOOKS")
        .Output("HOOKS");

    protected override NodeResult? Run(NodeCall call)
    {
        var previous = HookGroup.Of(call, "prev_hooks");
        var (forModel, forClip) = (call.Get<float>("strength_model"), 0f);
        if (forModel == 0 && forClip == 0) return NodeResult.Of(previous);
        return NodeResult.Of(previous.With(WeightHook.Of(ModelFiles.Open(call, "checkpoints", "ckpt_name", "checkpoint", (loader, path) => loader.Load(path))) with { ModelStrength = forModel, ClipStrength = forClip }));
    }
}
