using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Hypernetworks;

/// <summary>A hypernetwork file. Its weights are loaded when a model with it is first run.</summary>
public sealed class Hypernetwork
{
    private readonly ModelSlot<HypernetworkModel> _slot;
    private readonly ScalarType _type;

    internal Hypernetwork(ModelSlot<HypernetworkModel> slot, ScalarType type)
    {
        _slot = slot;
        _type = type;
    }

    /// <summary>The model with the hypernetwork on the keys and values of all its attentions; 0 changes nothing.</summary>
    public DiffusionModel ApplyTo(DiffusionModel model, float strength)
    {
        if (strength == 0) return model;
        AttentionPatch patch = (_, q, k, v, inner) =>
        {
            var (keys, values) = _slot.Run(network => network.Apply(k.to(_type), v.to(_type), strength));
            return inner(q, keys.to(k.dtype), values.to(v.dtype));
        };
        var patches = model.Patches;
        return model with { Patches = patches with { SelfAttention = [.. patches.SelfAttention, patch], CrossAttention = [.. patches.CrossAttention, patch] } };
    }
}
