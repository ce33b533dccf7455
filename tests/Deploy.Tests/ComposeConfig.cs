using System.Diagnostics;
using Xunit;

namespace Farm.Deploy.Tests;

/// <summary>What <c>docker-compose config</c> makes of compose files: variables filled in, files merged, names and types checked.</summary>
/// <param name="Services">The services by name.</param>
internal sealed record ComposeConfig(IReadOnlyDictionary<string, YamlNode> Services)
{
    /// <summary>The folder of the files.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "deploy");

    /// <summary>The configuration of files, the later over the earlier.</summary>
    /// <exception cref="InvalidOperationException">It is refused.</exception>
    public static async Task<ComposeConfig> OfAsync(string[] files, string? profile = null, string? without = null)
    {
        // A .env that lies beside the files is not asked, but the example of one; what is given here goes before it.
        var start = new ProcessStartInfo(
            "docker-compose",
            ["--env-file", Path.Combine(Folder, ".env.example"), .. files.SelectMany(f => (string[])["-f", Path.Combine(Folder, f)]), .. profile is null ? [] : (string[])["--profile", profile], "config"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var variable in (string[])["POSTGRES_PASSWORD", "OBJECTS_PASSWORD", "BOOTSTRAP_KEY"]) start.Environment[variable] = "given";
        start.Environment["FRONTEND"] = "./frontend";
        if (without is not null) start.Environment.Remove(without);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0
            ? new ComposeConfig(Started(YamlNode.Parse(output)["services"].Entries, profile))
            : throw new InvalidOperationException(await errors);
    }

    /// <summary>It writes services of every profile, each with the names of its profiles.</summary>
    private static Dictionary<string, YamlNode> Started(IReadOnlyDictionary<string, YamlNode> services, string? profile) => services
        .Where(s => !s.Value["profiles"].Exists || s.Value["profiles"].Items.Any(p => p.Text == profile))
        .ToDictionary(StringComparer.Ordinal);
}
