namespace Farm.Gateway.Calls;

/// <summary>Tells a farm that cannot be reached just now from one that refuses.</summary>
internal static class Unreachable
{
    /// <summary>Whether a call to a grain failed on its way. One that a directory's silo took with it is cancelled.</summary>
    public static bool Is(Exception failure) => failure is OrleansException or TimeoutException or OperationCanceledException;
}
