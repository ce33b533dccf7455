using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Saving;
using Farm.Engine.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Writes what a difference of two models holds as an adapter file.</summary>
internal sealed class LoraSave : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("LoraSave", "Extract and Save Lora").In("_for_testing").Module("comfy_extras.nodes_lora_extract")
        .OutputNode().Experimental()
        .String("filename_prefix", "loras/ComfyUI_extracted_lora")
        .Int("rank", 8, 1, 4096, 1, options: o => o.Advanced())
        .Combo("lora_type", ["standard", "full_diff"], options: o => o.Advanced())
        .Boolean("bias_diff", true, options: o => o.Advanced())
        .OptionalInputs()
        .Input("model_diff", "MODEL")
        .Input("text_encoder_diff", "CLIP")
        .Hidden("prompt", "PROMPT")
        .Hidden("extra_pnginfo", "EXTRA_PNGINFO");

    protected override NodeResult Compute(NodeCall call)
    {
        var extraction = new AdapterExtraction(call.Get<string>("lora_type") == "standard" ? call.Get<int>("rank") : null, call.Get<bool>("bias_diff"));
        NetworkPartView[] parts = [.. call.GetOptional<DiffusionModel>("model_diff") is { } model ? (NetworkPartView[])[model.Part] : [], .. call.GetOptional<ITextEncoder>("text_encoder_diff")?.Parts ?? []];
        var names = parts.SelectMany(part => part.Stored.Names.Select(name => (Part: part, Name: name))).ToArray();
        var progress = call.Context.StartProgress(Math.Max(1, names.Length));
        List<SavedTensor> tensors = [];
        for (var i = 0; i < names.Length; i++)
        {
            call.Context.ThrowIfInterrupted();
            tensors.AddRange(extraction.Of(names[i].Part, names[i].Name));
            progress.Update(i + 1);
        }
        if (tensors.Count > 0) ModelWriting.Save(call, "filename_prefix", tensors);
        return NodeResult.Of();
    }
}
