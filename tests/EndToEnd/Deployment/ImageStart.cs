using System.Text.Json;

namespace Farm.EndToEnd.Deployment;

/// <summary>How an image starts, from the instructions of its stage and of those that it is built on.</summary>
/// <param name="Program">The entry point's program.</param>
/// <param name="Command">What follows it where nothing else is said.</param>
/// <param name="Health">The command that says whether it is well: the program and what follows it.</param>
/// <param name="Environment">Its environment.</param>
internal sealed record ImageStart(string Program, IReadOnlyList<string> Command, IReadOnlyList<string> Health, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>That of a Dockerfile's stage.</summary>
    public static ImageStart Of(string dockerfile, string stage)
    {
        var instructions = Instructions(Stages(File.ReadAllLines(dockerfile)), stage).ToLookup(line => line.Split(' ')[0], line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim(), StringComparer.Ordinal);
        var health = instructions["HEALTHCHECK"].Last();
        return new ImageStart(
            List(instructions["ENTRYPOINT"].Last()).Single(),
            instructions["CMD"].LastOrDefault() is { } command ? List(command) : [],
            List(health[(health.IndexOf("CMD ", StringComparison.Ordinal) + 4)..]),
            instructions["ENV"].SelectMany(line => line.Split(' ')).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal));
    }

    private static List<string> List(string text) => JsonSerializer.Deserialize<List<string>>(text)!;

    /// <summary>The lines of each stage, by its name, and what it is built on.</summary>
    private static Dictionary<string, (string From, List<string> Lines)> Stages(IEnumerable<string> lines)
    {
        var stages = new Dictionary<string, (string From, List<string> Lines)>(StringComparer.Ordinal);
        List<string> stage = [];
        foreach (var line in lines)
        {
            if (line.Split(' ') is ["FROM", var from, "AS", var name])
                stages[name] = (from, stage = []);
            else if (!line.StartsWith('#'))
                stage.Add(line);
        }
        return stages;
    }

    /// <summary>Later ones win: those of what it is built on come first.</summary>
    private static IEnumerable<string> Instructions(Dictionary<string, (string From, List<string> Lines)> stages, string name) =>
        stages.TryGetValue(name, out var stage) ? Instructions(stages, stage.From).Concat(stage.Lines) : [];
}
