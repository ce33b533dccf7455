using System.Numerics;

namespace Farm.TestNodes.Support;

/// <summary>The comparisons that condition nodes offer.</summary>
internal static class Comparison
{
    /// <summary>Their names.</summary>
    public static readonly string[] Operations = ["==", "!=", "<", ">", "<=", ">="];

    /// <summary>Compares two numbers; NaN is unequal to everything.</summary>
    public static bool Holds<T>(string operation, T a, T b) where T : IComparisonOperators<T, T, bool> => operation switch
    {
        "==" => a == b,
        "!=" => a != b,
        "<" => a < b,
        ">" => a > b,
        "<=" => a <= b,
        ">=" => a >= b,
        _ => throw NodeFailedException.ValueError($"operation: '{operation}' is none of {string.Join(", ", Operations)}"),
    };
}
