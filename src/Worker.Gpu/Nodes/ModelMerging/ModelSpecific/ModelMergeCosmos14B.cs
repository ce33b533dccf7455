namespace Farm.Worker.Nodes;

/// <summary>Two Cosmos 14B models' weights mixed, block by block.</summary>
internal sealed class ModelMergeCosmos14B : BlockMerge
{
    protected override string Name => "ModelMergeCosmos14B";

    protected override IEnumerable<string> Parts => ["pos_embedder.", "extra_pos_embedder.", "x_embedder.", "t_embedder.", "affline_norm.", .. Numbered("blocks.block", 36), "final_layer."];
}
