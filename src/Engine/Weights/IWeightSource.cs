using static TorchSharp.torch;

namespace Farm.Engine.Weights;

/// <summary>A file of named tensors, whatever its format.</summary>
public interface IWeightSource
{
    /// <summary>What identifies the bytes within this process: path, length and time of last change.</summary>
    string Identity { get; }

    /// <summary>Every tensor in the file.</summary>
    IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Texts, numbers and switches that stand beside the tensors at the file's root, by name; none by default.</summary>
    IReadOnlyDictionary<string, object> Values => EmptyValues;

    private static IReadOnlyDictionary<string, object> EmptyValues { get; } = new Dictionary<string, object>();

    /// <summary>A tensor of the stored type on the CPU, which the caller disposes and does not write to.</summary>
    /// <exception cref="WeightsFormatException">No tensor has this name.</exception>
    Tensor OpenTensor(string name);
}
