using Farm.Engine.Models.Layers;
using Farm.Engine.Models.UNet;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Control;

/// <summary>What lets one control network read several kinds of pictures (xinsir's ControlNet++, Apache-2.0): the kind enters the time embedding and the picture's features.</summary>
internal sealed class UnionControl
{
    /// <summary>The layer that tells a union network.</summary>
    public const string Marker = "spatial_ch_projs";

    private const long Heads = 8;
    private const long SinusoidWidth = 256;

    private static readonly string[] Names = ["task_embedding", "transformer_layes.", Marker, "control_add_embedding."];

    private readonly Tensor _taskEmbedding;
    private readonly ResidualAttentionBlock[] _transformerLayers;
    private readonly Linear _spatialProjection;
    private readonly Linear _typeEmbedding1;
    private readonly Linear _typeEmbedding2;

    public UnionControl(WeightScope weights)
    {
        _taskEmbedding = weights.Parameter("task_embedding", 2);
        _transformerLayers = [.. weights.List("transformer_layes").Select(layer => new ResidualAttentionBlock(layer, Heads))];
        _spatialProjection = weights.Linear(Marker);
        _typeEmbedding1 = weights.Linear("control_add_embedding.linear_1");
        _typeEmbedding2 = weights.Linear("control_add_embedding.linear_2");
    }

    /// <summary>Whether a tensor belongs here.</summary>
    public static bool Owns(string name) => Names.Any(part => name.StartsWith(part, StringComparison.Ordinal));

    /// <summary>What the kind adds to the time embedding, [B, width]; without a kind, that of no kind at all.</summary>
    public Tensor TypeEmbedding(long rows, int? type, ScalarType scalarType)
    {
        var kinds = new float[_typeEmbedding1.Inputs / SinusoidWidth];
        if (type is { } index) kinds[Checked(index, kinds.Length)] = 1;
        var sinusoids = TimeEmbedding.Sinusoids(tensor(kinds, device: _taskEmbedding.device), SinusoidWidth).reshape(1, -1);
        return _typeEmbedding2.Take(_typeEmbedding1.Take(sinusoids.to(scalarType)).silu_()).expand(rows, -1);
    }

    /// <summary>The picture's features [B, C, h, w] shifted by what the transformer makes of their mean and the kind.</summary>
    public Tensor Mix(Tensor features, int type)
    {
        long[] cells = [2, 3];
        var token = (features.mean(cells) + _taskEmbedding[Checked(type, (int)_taskEmbedding.shape[0])]).unsqueeze(1);
        foreach (var layer in _transformerLayers) token = layer.Forward(token);
        return features + _spatialProjection.Forward(token).squeeze(1).unsqueeze(-1).unsqueeze(-1);
    }

    private static int Checked(int type, int count) => type < count
        ? type
        : throw new ArgumentException($"this union control network knows {count} kinds of pictures; number {type} is none of them", nameof(type));
}
