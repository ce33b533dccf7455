using System.Diagnostics;
using Xunit;

namespace Farm.EndToEnd.Deployment;

/// <summary>
/// The short form of the stress tool's <c>rolling</c>: a gateway, a control silo and a worker are replaced while clients submit through a balancer.
/// The tool holds every answer and the database against what clients were promised.
/// </summary>
public sealed class RollingTests
{
    private const string Tool = "Farm.Stress";

    [Fact]
    public async Task EveryProcess_ReplacedUnderLoad_LosesNothingAndFailsNoRequest()
    {
        var start = new ProcessStartInfo(Path.Combine(Folder(), Tool), ["rolling", "--prompts", "40", "--each", "1"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
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
        return Path.Combine(own.Parent!.Parent!.FullName, Tool, own.Name);
    }
}
