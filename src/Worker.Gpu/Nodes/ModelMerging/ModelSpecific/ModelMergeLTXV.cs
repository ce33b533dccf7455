namespace Farm.Worker.Nodes;

/// <summary>Two LTXV models' weights mixed, block by block.</summary>
internal sealed class ModelMergeLTXV : BlockMerge
{
    protected override string Name => "ModelMergeLTXV";

    protected override IEnumerable<string> Parts => ["patchify_proj.", "adaln_single.", "caption_projection.", .. Numbered("transformer_blocks.", 28), "scale_shift_table", "proj_out."];
}
