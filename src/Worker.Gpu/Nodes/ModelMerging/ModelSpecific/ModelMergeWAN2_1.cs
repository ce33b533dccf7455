namespace Farm.Worker.Nodes;

/// <summary>Two Wan 2.1 models' weights mixed, block by block.</summary>
internal sealed class ModelMergeWAN2_1 : BlockMerge
{
    protected override string Name => "ModelMergeWAN2_1";

    protected override IEnumerable<string> Parts => ["patch_embedding.", "time_embedding.", "time_projection.", "text_embedding.", "img_emb.", .. Numbered("blocks.", 40), "head."];
}
