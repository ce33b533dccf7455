using System.Diagnostics;
using Xunit;

namespace Farm.EndToEnd.Harness;

/// <summary>The stress tool, as a test runs it: a whole farm of processes with a Redis and a PostgreSQL of its own.</summary>
internal static class StressTool
{
    private const string Name = "Farm.Stress";

    /// <summary>Runs a scenario; the tool must find nothing violated of the many things it checks.</summary>
    public static async Task RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Folder(), Name), arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var tool = Process.Start(start)!;
        var (output, errors) = (tool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), tool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await tool.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(tool.ExitCode == 0, await output + await errors);
        Assert.Matches("invariants: [1-9][0-9]{2,} checked, 0 violated", await output);
    }

    /// <summary>It is built beside this project.</summary>
    private static string Folder()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(own.Parent!.Parent!.FullName, Name, own.Name);
    }
}
