using System.Reflection;
using System.Runtime.InteropServices;

namespace Farm.Hosting.Management;

/// <summary>Which build this is: <c>GET /version</c>.</summary>
/// <param name="Version">The farm's version.</param>
/// <param name="Commit">The commit it was built from; empty where the build knew none.</param>
/// <param name="Process">Name of the program.</param>
/// <param name="Runtime">The .NET it runs on.</param>
/// <param name="StartedAt">When the process started.</param>
internal sealed record BuildInfo(string Version, string Commit, string Process, string Runtime, DateTimeOffset StartedAt)
{
    /// <summary>This process's.</summary>
    public static BuildInfo Of(DateTimeOffset startedAt)
    {
        var program = Assembly.GetEntryAssembly() ?? typeof(BuildInfo).Assembly;
        // The SDK writes "version+commit" where it builds in a git work tree.
        var parts = (program.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "").Split('+', 2);
        return new BuildInfo(parts[0], parts.Length > 1 ? parts[1] : "", program.GetName().Name ?? "", RuntimeInformation.FrameworkDescription, startedAt);
    }
}
