using static TorchSharp.torch;

namespace Farm.Engine.Memory;

/// <summary>What a network's weights are kept as in memory.</summary>
public enum WeightStorage
{
    /// <summary>The compute type; float8 where the file has it, brought to the compute type layer by layer as it is used.</summary>
    Default,

    /// <summary>float8 of 4 bits exponent and 3 bits mantissa.</summary>
    Float8E4M3,

    /// <summary>float8 of 5 bits exponent and 2 bits mantissa.</summary>
    Float8E5M2,
}

/// <summary>float8 types, which are ids that TorchSharp passes through without a name.</summary>
internal static class Float8
{
    private const ScalarType E5M2 = (ScalarType)23;
    private const ScalarType E4M3 = (ScalarType)24;

    /// <summary>Whether a type is one of them.</summary>
    public static bool Is(ScalarType type) => type is E4M3 or E5M2;

    /// <summary>The type that weights are kept in; null for the compute type.</summary>
    public static ScalarType? Of(WeightStorage storage, ScalarType stored) => storage switch
    {
        WeightStorage.Float8E4M3 => E4M3,
        WeightStorage.Float8E5M2 => E5M2,
        _ => Is(stored) ? stored : null,
    };
}
