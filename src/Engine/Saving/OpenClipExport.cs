using Farm.Engine.Memory;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Saving;

/// <summary>A text encoder as OpenCLIP stores it: the three input projections of a layer fused, the text projection transposed.</summary>
internal static class OpenClipExport
{
    private const string Layers = "encoder.layers.";
    private const string Query = "self_attn.q_proj.";

    private static readonly string[] Fused = ["q_proj", "k_proj", "v_proj"];

    private static readonly Dictionary<string, string> Whole = new(StringComparer.Ordinal)
    {
        ["embeddings.token_embedding.weight"] = "token_embedding.weight", ["embeddings.position_embedding.weight"] = "positional_embedding",
        ["final_layer_norm.weight"] = "ln_final.weight", ["final_layer_norm.bias"] = "ln_final.bias",
    };

    private static readonly Dictionary<string, string> InLayer = new(StringComparer.Ordinal)
    {
        ["layer_norm1"] = "ln_1", ["layer_norm2"] = "ln_2", ["mlp.fc1"] = "mlp.c_fc", ["mlp.fc2"] = "mlp.c_proj", ["self_attn.out_proj"] = "attn.out_proj",
    };

    /// <summary>The encoder's tensors under a prefix.</summary>
    public static IEnumerable<SavedTensor> Of(NetworkPartView part, string prefix)
    {
        foreach (var name in part.Stored.Names.Order(StringComparer.Ordinal))
        {
            if (part.Stored.TryFind(name, out var info) && Of(part, name, info) is { } tensor) yield return tensor with { Info = tensor.Info with { Name = prefix + tensor.Info.Name } };
        }
    }

    private static SavedTensor? Of(NetworkPartView part, string name, TensorInfo info)
    {
        if (Whole.TryGetValue(name, out var whole)) return new SavedTensor(info with { Name = whole }, () => ModelExport.Changed(part, name));
        if (name == "text_projection.weight") return new SavedTensor(info with { Name = "text_projection", Shape = [.. info.Shape.Reverse()] }, () => Transposed(part, name));
        if (!name.StartsWith(Layers, StringComparison.Ordinal)) return new SavedTensor(info with { Name = name }, () => ModelExport.Changed(part, name));
        var layer = name[Layers.Length..name.IndexOf('.', Layers.Length)];
        var inner = name[(Layers.Length + layer.Length + 1)..];
        var dot = inner.LastIndexOf('.');
        var target = $"transformer.resblocks.{layer}.";
        if (InLayer.TryGetValue(inner[..dot], out var renamed)) return new SavedTensor(info with { Name = target + renamed + inner[dot..] }, () => ModelExport.Changed(part, name));
        if (!inner.StartsWith(Query, StringComparison.Ordinal)) return null; // keys and values go with the queries
        return new SavedTensor(info with { Name = $"{target}attn.in_proj_{inner[(dot + 1)..]}", Shape = [Fused.Length * info.Shape[0], .. info.Shape.Skip(1)] }, () => Joined(part, name));
    }

    private static Tensor Transposed(NetworkPartView part, string name)
    {
        using var weight = ModelExport.Changed(part, name);
        return weight.t().contiguous().DetachFromDisposeScope();
    }

    private static Tensor Joined(NetworkPartView part, string query)
    {
        using var scope = NewDisposeScope();
        var weights = Fused.Select(name => ModelExport.Changed(part, query.Replace("q_proj", name, StringComparison.Ordinal))).ToArray();
        try
        {
            return cat(weights, 0).DetachFromDisposeScope();
        }
        finally
        {
            foreach (var weight in weights) weight.Dispose();
        }
    }
}
