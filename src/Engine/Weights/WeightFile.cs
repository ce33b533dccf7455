namespace Farm.Engine.Weights;

/// <summary>Opens files of tensors by what is in them, whatever they are called.</summary>
public static class WeightFile
{
    /// <summary>Opens a .safetensors file or one that torch.save wrote. Of the latter tensors are built and nothing else: no code in it runs.</summary>
    /// <exception cref="WeightsFormatException">The file is damaged or neither; the message says what was seen.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IWeightSource Open(string path) => TorchFile.IsOne(path) ? TorchFile.Open(path) : SafetensorsFile.Open(path);
}
