using Farm.Engine.Weights;

namespace Farm.Engine.Memory;

/// <summary>The weights of one network as nodes hand them around: where they are stored, what is changed on loading, and the slot for that.</summary>
/// <param name="Stored">The file's tensors under the network's names.</param>
/// <param name="Patches">Changes made on loading.</param>
/// <param name="SlotFor">The slot of the network with given changes.</param>
internal sealed record NetworkPart<T>(StateDict Stored, WeightPatches Patches, Func<WeightPatches, ModelSlot<T>> SlotFor) where T : class, IDisposable
{
    /// <summary>The network with the changes.</summary>
    public ModelSlot<T> Slot { get; } = SlotFor(Patches);

    /// <summary>The same weights with one more change.</summary>
    public NetworkPart<T> With(IWeightPatch patch) => new(Stored, Patches.With(patch), SlotFor);
}

/// <summary>A network's weights as those see them who fit patches to them.</summary>
/// <param name="Name">Which network: <c>unet</c>, <c>l</c>, <c>g</c>, <c>h</c>.</param>
/// <param name="Stored">Its tensors under its own names.</param>
/// <param name="Patches">Changes made to them on loading.</param>
public sealed record NetworkPartView(string Name, StateDict Stored, WeightPatches Patches);
