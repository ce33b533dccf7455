namespace Farm.Worker.Nodes;

/// <summary>Two Cosmos 7B models' weights mixed, block by block.</summary>
internal sealed class ModelMergeCosmos7B : BlockMerge
{
    protected override string Name => "ModelMergeCosmos7B";

    protected override IEnumerable<string> Parts => ["pos_embedder.", "extra_pos_embedder.", "x_embedder.", "t_embedder.", "affline_norm.", .. Numbered("blocks.block", 28), "final_layer."];
}
