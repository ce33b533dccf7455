using Farm.Engine.Memory;
using Farm.Engine.Sampling;
using static TorchSharp.torch;

namespace Farm.Engine.Models.UNet;

/// <summary>A denoising UNet with how it is sampled: what flows between nodes as MODEL. Its weights are loaded when it is first run.</summary>
public sealed class DiffusionModel : IDiffusionModel
{
    private readonly ModelSlot<UNet2DConditionModel> _slot;

    internal DiffusionModel(ModelSlot<UNet2DConditionModel> slot, ModelSampling sampling, LatentFormat latentFormat, ScalarType computeType)
    {
        _slot = slot;
        Sampling = sampling;
        LatentFormat = latentFormat;
        ComputeType = computeType;
    }

    /// <inheritdoc/>
    public ModelSampling Sampling { get; }

    /// <inheritdoc/>
    public LatentFormat LatentFormat { get; }

    /// <inheritdoc/>
    public Device Device => _slot.Memory.Device;

    /// <inheritdoc/>
    public ScalarType ComputeType { get; }

    /// <summary>File and part, for reports.</summary>
    public string Name => _slot.Name;

    /// <summary>Loads the weights and keeps them until disposed, so that no step of a run waits for them.</summary>
    public IDisposable Hold() => _slot.Use();

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A shape is not what the network takes; the message says what it takes.</exception>
    /// <exception cref="DeviceMemoryException">The pass does not fit the device.</exception>
    public Tensor Predict(Tensor x, Tensor timesteps, ModelInputs inputs) =>
        _slot.Run(network => network.Forward(x, timesteps, inputs.Context, inputs.Y, ComputeType));
}
