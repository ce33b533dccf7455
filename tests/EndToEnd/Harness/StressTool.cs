using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Farm.EndToEnd.Harness;

/// <summary>The stress tool, as a test runs it: a whole farm of processes with a Redis and a PostgreSQL of its own.</summary>
internal static class StressTool
{
    private const string Name = "Farm.Stress";

    /// <summary>Runs a scenario; the tool must find nothing violated of at least so many things that it checks.</summary>
    public static async Task RunAsync(int atLeast, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Folder(), Name), arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var tool = Process.Start(start)!;
        var (output, errors) = (tool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), tool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await tool.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(tool.ExitCode == 0, await output + await errors);
        var last = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.StartsWith("invariants: ", last, StringComparison.Ordinal);
        Assert.InRange(int.Parse(last.Split(' ')[1], CultureInfo.InvariantCulture), atLeast, int.MaxValue);
    }

    /// <summary>It is built beside this project.</summary>
    private static string Folder()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(own.Parent!.Parent!.FullName, Name, own.Name);
    }
}
