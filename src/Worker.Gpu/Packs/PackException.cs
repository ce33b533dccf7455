using System.Reflection;

namespace Farm.Worker.Packs;

/// <summary>A pack that breaks a rule.</summary>
/// <param name="reason">Which, and how.</param>
internal sealed class PackException(string reason) : Exception(reason)
{
    /// <summary>What is wrong, for an operator.</summary>
    public static string Describe(Exception failure) => failure switch
    {
        PackException => failure.Message,
        TargetInvocationException { InnerException: { } inner } => Describe(inner),
        TypeInitializationException { InnerException: { } inner } => $"{failure.Message} {Describe(inner)}",
        ReflectionTypeLoadException load => string.Join("; ", load.LoaderExceptions.OfType<Exception>().Select(e => e.Message).Distinct().Take(3)),
        BadImageFormatException => $"no .NET assembly, or one for another platform: {failure.Message}",
        _ => $"{failure.GetType().Name}: {failure.Message}",
    };
}
