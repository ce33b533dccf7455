using Farm.Engine.Adapters;
using Farm.Engine.Models.UNet;
using Farm.Engine.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Changes a model and its text side by an adapter file.</summary>
internal sealed class LoraLoader : Node, IReproducibleNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("LoraLoader", "Load LoRA (Model and CLIP)").In("loaders").Module("nodes")
        .More("essentials_category", "Image Generation")
        .Input("model", "MODEL", options: o => o.Tooltip("Model."))
        .Input("clip", "CLIP", options: o => o.Tooltip("Clip."))
        .FileCombo("lora_name", "loras", options: o => o.Tooltip(""))
        .Float("strength_model", 1.0, -100.0, 100.0, 0.01)
        .Float("strength_clip", 1.0, -100.0, 100.0, 0.01)
        .Output("MODEL")
        .Output("CLIP");

    protected override NodeResult? Run(NodeCall call) => Apply(call);

    /// <summary>Model and text side of a call with its adapter.</summary>
    internal static NodeResult Apply(NodeCall call)
    {
        var (forModel, forClip) = (call.Get<float>("strength_model"), call.Get<float>("strength_clip"));
        var (model, clip) = (call.Get<DiffusionModel>("model"), call.Get<ITextEncoder>("clip"));
        if (forModel == 0 && forClip == 0) return NodeResult.Of(model, clip);
        var file = AdapterFiles.Open(call, "lora_name", model, clip);
        return NodeResult.Of(file.ApplyTo(model, forModel), file.ApplyTo(clip, forClip));
    }
}
