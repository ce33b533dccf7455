namespace Farm.Worker.Nodes;

/// <summary>Turns by quarters.</summary>
internal static class Quarters
{
    /// <summary>How many quarters a choice such as <c>90 degrees</c> is.</summary>
    public static long Of(string rotation) => rotation switch
    {
        _ when rotation.StartsWith("90", StringComparison.Ordinal) => 1,
        _ when rotation.StartsWith("180", StringComparison.Ordinal) => 2,
        _ when rotation.StartsWith("270", StringComparison.Ordinal) => 3,
        _ => 0,
    };
}
