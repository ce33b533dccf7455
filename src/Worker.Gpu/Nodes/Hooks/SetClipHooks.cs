using Farm.Engine.Hooks;
using Farm.Engine.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Lets hooks change a text side.</summary>
internal sealed class SetClipHooks : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("SetClipHooks", "Set CLIP Hooks").In("advanced/hooks/clip").Module("comfy_extras.nodes_hooks")
        .Experimental()
        .Input("clip", "CLIP")
        .Boolean("apply_to_conds", true, options: o => o.Advanced())
        .Boolean("schedule_clip", false, options: o => o.Advanced())
        .OptionalInputs()
        .Input("hooks", "HOOKS")
        .Output("CLIP");

    protected override NodeResult? Run(NodeCall call)
    {
        var clip = call.Get<ITextEncoder>("clip");
        if (call.GetOptional<HookGroup>("hooks") is not { } hooks) return NodeResult.Of(clip);
        return NodeResult.Of(new HookedTextEncoder(clip, hooks.Hooks, call.Get<bool>("apply_to_conds"), call.Get<bool>("schedule_clip")));
    }
}
