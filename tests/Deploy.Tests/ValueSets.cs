using Xunit;

namespace Farm.Deploy.Tests;

/// <summary>The value sets that the chart is rendered with.</summary>
internal static class ValueSets
{
    /// <summary>Their names.</summary>
    public static TheoryData<string> Names => ["minimal", "gpu-pools", "external-stores", "oidc-tls", "high-availability"];

    /// <summary>The file of one.</summary>
    public static string File(string set) => Path.Combine(Repository.Root, "tests", "Deploy.Tests", "values", set + ".yaml");
}
