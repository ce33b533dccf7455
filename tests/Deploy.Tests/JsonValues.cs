using System.Collections;

namespace Farm.Deploy.Tests;

/// <summary>Values as they are read from YAML, with keys that JSON can write.</summary>
internal static class JsonValues
{
    /// <summary>The same value, its maps keyed by text.</summary>
    public static object? Of(object? value) => value switch
    {
        IDictionary map => map.Keys.Cast<object>().ToDictionary(k => (string)k, k => Of(map[k]), StringComparer.Ordinal),
        IEnumerable list and not string => list.Cast<object?>().Select(Of).ToArray(),
        _ => value,
    };
}
