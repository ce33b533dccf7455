using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Text;

/// <summary>
/// A text or image tower stored as OpenCLIP stores it, under transformers' names: the fused input projection of each layer appears as three,
/// the final projection transposed.
/// </summary>
internal sealed class OpenClipSource : IWeightSource
{
    private const string Blocks = "transformer.resblocks.";

    private static readonly string[] Fused = ["q_proj", "k_proj", "v_proj"];

    private static readonly Dictionary<string, string> Layers = new(StringComparer.Ordinal)
    {
        ["ln_1"] = "layer_norm1", ["ln_2"] = "layer_norm2", ["mlp.c_fc"] = "mlp.fc1", ["mlp.c_proj"] = "mlp.fc2", ["attn.out_proj"] = "self_attn.out_proj",
    };

    private static readonly Dictionary<string, string> TextNames = new(StringComparer.Ordinal)
    {
        ["token_embedding.weight"] = "embeddings.token_embedding.weight", ["positional_embedding"] = "embeddings.position_embedding.weight",
        ["logit_scale"] = "logit_scale", ["ln_final.weight"] = "final_layer_norm.weight", ["ln_final.bias"] = "final_layer_norm.bias",
    };

    private static readonly Dictionary<string, string> VisionNames = new(StringComparer.Ordinal)
    {
        ["class_embedding"] = "embeddings.class_embedding", ["conv1.weight"] = "embeddings.patch_embedding.weight", ["positional_embedding"] = "embeddings.position_embedding.weight",
        ["ln_pre.weight"] = "pre_layrnorm.weight", ["ln_pre.bias"] = "pre_layrnorm.bias", ["ln_post.weight"] = "post_layernorm.weight", ["ln_post.bias"] = "post_layernorm.bias",
    };

    private static readonly Dictionary<string, string> Projections = new(StringComparer.Ordinal)
    {
        ["text_projection"] = "text_projection.weight", ["text_projection.weight"] = "text_projection.weight", ["proj"] = "visual_projection.weight",
    };

    private readonly StateDict _stored;
    private readonly Dictionary<string, string> _whole;
    private readonly Dictionary<string, (TensorInfo Info, Func<Tensor> Open)> _tensors = new(StringComparer.Ordinal);

    public OpenClipSource(StateDict stored)
    {
        _stored = stored;
        _whole = stored.Contains("conv1.weight") ? VisionNames : TextNames;
        foreach (var name in stored.Names) Add(name);
    }

    public string Identity => _stored.Identity + "|openclip";

    public IReadOnlyList<TensorInfo> Tensors => [.. _tensors.Values.Select(tensor => tensor.Info)];

    /// <summary>Whether tensors are laid out so.</summary>
    public static bool Matches(StateDict stored) => stored.HasPrefix(Blocks);

    public Tensor OpenTensor(string name) => _tensors.TryGetValue(name, out var tensor)
        ? tensor.Open()
        : throw new WeightsFormatException($"there is no tensor '{name}'");

    private void Add(string stored)
    {
        if (_whole.TryGetValue(stored, out var name)) Add(name, stored, shape => shape, tensor => tensor);
        else if (Projections.TryGetValue(stored, out var projection))
            Add(projection, stored, shape => [.. shape.Reverse()], tensor => stored.EndsWith("weight", StringComparison.Ordinal) ? tensor : Take(tensor, tensor.t()));
        else if (stored.StartsWith(Blocks, StringComparison.Ordinal)) AddLayer(stored);
    }

    private void AddLayer(string stored)
    {
        var rest = stored[Blocks.Length..];
        var layer = rest[..rest.IndexOf('.', StringComparison.Ordinal)];
        var part = rest[(layer.Length + 1)..];
        var prefix = $"encoder.layers.{layer}.";
        if (part is "attn.in_proj_weight" or "attn.in_proj_bias")
        {
            for (var i = 0; i < Fused.Length; i++) AddThird(stored, $"{prefix}self_attn.{Fused[i]}.{part["attn.in_proj_".Length..]}", i);
        }
        else if (part.LastIndexOf('.') is var dot and > 0 && Layers.TryGetValue(part[..dot], out var name))
        {
            Add($"{prefix}{name}{part[dot..]}", stored, shape => shape, tensor => tensor);
        }
    }

    private void AddThird(string stored, string name, int third) => Add(
        name, stored, shape => [shape[0] / Fused.Length, .. shape.Skip(1)], tensor => Take(tensor, tensor.narrow(0, third * tensor.shape[0] / Fused.Length, tensor.shape[0] / Fused.Length)));

    private void Add(string name, string stored, Func<IReadOnlyList<long>, IReadOnlyList<long>> shape, Func<Tensor, Tensor> view)
    {
        if (_stored.TryFind(stored, out var info))
            _tensors[name] = (info with { Name = name, Shape = [.. shape(info.Shape)] }, () => view(_stored.Open(stored)));
    }

    private static Tensor Take(Tensor whole, Tensor view)
    {
        using (whole) return view;
    }
}
