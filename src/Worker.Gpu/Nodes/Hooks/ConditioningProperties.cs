using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>What nodes of hooks set on conditionings.</summary>
internal static class ConditioningProperties
{
    /// <summary>The option that marks a conditioning as one that fills gaps.</summary>
    public const string DefaultOption = "default";

    /// <summary>A conditioning of a call with its mask, hooks and part of the way; the strength is the mask's.</summary>
    public static Conditioning Set(NodeCall call, string input)
    {
        List<(string, object?)> options = [];
        if (call.GetOptional<Tensor>("mask") is { } mask)
            options.AddRange([("mask", mask.dim() < 3 ? mask.unsqueeze(0) : mask), ("set_area_to_bounds", call.Get<string>("set_cond_area") != "default"), ("mask_strength", call.Get<double>("strength"))]);
        if (call.GetOptional<TimestepRange>("timesteps") is { } range) options.AddRange([("start_percent", range.Start), ("end_percent", range.End)]);
        return Hooked(call, call.Get<Conditioning>(input).With([.. options]));
    }

    /// <summary>A conditioning of a call that fills gaps, with the call's hooks.</summary>
    public static Conditioning Default(NodeCall call, string input) => Hooked(call, call.Get<Conditioning>(input).With((DefaultOption, true)));

    /// <summary>Both, each evaluated for itself.</summary>
    public static Conditioning Join(Conditioning first, Conditioning second) => new([.. first.Items, .. second.Items]);

    /// <summary>A conditioning with hooks beside those it has.</summary>
    public static Conditioning With(Conditioning conditioning, HookGroup hooks) =>
        new([.. conditioning.Items.Select(item => item.With((HookGroup.Option, HookGroup.Of(item).With(hooks.Hooks))))]);

    private static Conditioning Hooked(NodeCall call, Conditioning conditioning) => call.GetOptional<HookGroup>("hooks") is { } hooks ? With(conditioning, hooks) : conditioning;
}
