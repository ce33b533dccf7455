namespace Farm.Worker.Nodes;

/// <summary>Two SDXL models' weights mixed, block by block.</summary>
internal sealed class ModelMergeSDXL : BlockMerge
{
    protected override string Name => "ModelMergeSDXL";

    protected override IEnumerable<string> Parts => ["time_embed.", "label_emb.", .. Numbered("input_blocks.", 9, ""), .. Numbered("middle_block.", 3, ""), .. Numbered("output_blocks.", 9, ""), "out."];
}
