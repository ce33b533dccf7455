namespace Farm.Worker.Nodes;

/// <summary>Two Qwen-Image models' weights mixed, block by block.</summary>
internal sealed class ModelMergeQwenImage : BlockMerge
{
    protected override string Name => "ModelMergeQwenImage";

    protected override IEnumerable<string> Parts => ["pos_embeds.", "img_in.", "txt_norm.", "txt_in.", "time_text_embed.", .. Numbered("transformer_blocks.", 60), "proj_out."];
}
