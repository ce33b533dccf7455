using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Text;

/// <summary>The vectors of a textual inversion file (arXiv 2208.01618), in the layouts that trainers write.</summary>
public static class EmbeddingFile
{
    private const string WebUi = "string_to_param.";

    /// <summary>The vectors [n, width] for an encoder, fp32 on the CPU and the caller's; null when the file has none of that width.</summary>
    /// <param name="path">A .safetensors, .pt or .bin file.</param>
    /// <param name="encoder">The encoder's name, <c>l</c>, <c>g</c> or <c>h</c>.</param>
    /// <param name="width">Width of the encoder's token vectors.</param>
    /// <exception cref="WeightsFormatException">The file is damaged.</exception>
    public static Tensor? Read(string path, string encoder, long width)
    {
        var source = WeightFile.Open(path);
        using var owned = source as IDisposable;
        var names = Pick(source.Tensors, $"clip_{encoder}").Where(info => info.Shape.Count is 1 or 2 && info.Shape[^1] == width).ToArray();
        if (names.Length == 0) return null;
        using var scope = NewDisposeScope();
        var rows = names.Select(info => source.OpenTensor(info.Name).to(ScalarType.Float32).reshape(-1, width)).ToArray();
        return cat(rows, 0).MoveToOuterDisposeScope();
    }

    /// <summary>WebUI's layout, then one per encoder, then a single one; a list of embeddings counts whole.</summary>
    private static IEnumerable<TensorInfo> Pick(IReadOnlyList<TensorInfo> tensors, string encoder)
    {
        var webUi = tensors.Where(info => info.Name.StartsWith(WebUi, StringComparison.Ordinal)).Take(1).ToArray();
        if (webUi.Length > 0) return webUi;
        if (tensors.Any(info => info.Name.StartsWith("0.", StringComparison.Ordinal))) return tensors;
        var named = tensors.FirstOrDefault(info => info.Name == encoder) ?? tensors.FirstOrDefault(info => info.Name == "emb_params");
        return named is not null ? [named] : tensors.Take(1);
    }
}
