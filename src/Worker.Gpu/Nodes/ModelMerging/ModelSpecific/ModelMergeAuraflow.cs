namespace Farm.Worker.Nodes;

/// <summary>Two AuraFlow models' weights mixed, block by block.</summary>
internal sealed class ModelMergeAuraflow : BlockMerge
{
    protected override string Name => "ModelMergeAuraflow";

    protected override IEnumerable<string> Parts => ["init_x_linear.", "positional_encoding", "cond_seq_linear.", "register_tokens", "t_embedder.", .. Numbered("double_layers.", 4), .. Numbered("single_layers.", 32), "modF.", "final_linear."];
}
