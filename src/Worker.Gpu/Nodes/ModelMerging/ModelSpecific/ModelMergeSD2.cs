namespace Farm.Worker.Nodes;

/// <summary>Two SD2.x models' weights mixed, block by block.</summary>
internal sealed class ModelMergeSD2 : BlockMerge
{
    protected override string Name => "ModelMergeSD2";

    protected override IEnumerable<string> Parts => ["time_embed.", "label_emb.", .. Numbered("input_blocks.", 12), .. Numbered("middle_block.", 3), .. Numbered("output_blocks.", 12), "out."];
}
