using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Saving;

/// <summary>A tensor of a file that is to be written.</summary>
/// <param name="Info">Its name, type and shape in the file.</param>
/// <param name="Open">Makes it when its turn comes, so that one is held at a time; the caller's to dispose.</param>
public sealed record SavedTensor(TensorInfo Info, Func<Tensor> Open);
