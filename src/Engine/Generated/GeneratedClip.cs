namespace Farm.Engine.Generated;

/// <summary>The shape of CLIP ViT-L/14's text encoder, under the keys of the transformers library.</summary>
internal static class GeneratedClip
{
    private const int Width = 768, Layers = 12, Vocabulary = 49408, Positions = 77;

    /// <summary>Lists the tensors under a prefix, in the order of the network.</summary>
    public static IEnumerable<GeneratedTensor> Tensors(string prefix)
    {
        var list = new TensorListing();
        list.Counting(prefix + "embeddings.position_ids", Positions);
        list.Embedding(prefix + "embeddings.token_embedding", Vocabulary, Width);
        list.Embedding(prefix + "embeddings.position_embedding", Positions, Width);
        for (var i = 0; i < Layers; i++)
        {
            var layer = $"{prefix}encoder.layers.{i}.";
            foreach (var part in (string[])["k_proj", "v_proj", "q_proj", "out_proj"]) list.Linear($"{layer}self_attn.{part}", Width, Width);
            list.Norm(layer + "layer_norm1", Width);
            list.Norm(layer + "layer_norm2", Width);
            list.Linear(layer + "mlp.fc1", Width, 4 * Width);
            list.Linear(layer + "mlp.fc2", 4 * Width, Width);
        }
        list.Norm(prefix + "final_layer_norm", Width);
        return list.AsAdded;
    }
}
