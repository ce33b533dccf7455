namespace Farm.Deploy.Tests.Charts;

/// <summary>Builds blocks from pieces. What it does not know is an error: the chart keeps to plain constructs.</summary>
internal sealed class TemplateParser(IReadOnlyList<Piece> pieces, IDictionary<string, IReadOnlyList<Block>> definitions)
{
    private int _at;

    /// <summary>The whole template; what it defines goes into the definitions.</summary>
    public IReadOnlyList<Block> Parse()
    {
        var blocks = Body(out var end);
        return end is null ? blocks : throw new FormatException($"'{end}' closes nothing");
    }

    private List<Block> Body(out string? end)
    {
        var blocks = new List<Block>();
        while (_at < pieces.Count)
        {
            var piece = pieces[_at++];
            if (!piece.IsAction)
            {
                blocks.Add(new Block.Text(piece.Text));
                continue;
            }
            var (word, rest) = Head(piece.Text);
            switch (word)
            {
                case "end" or "else":
                    end = piece.Text;
                    return blocks;
                case "if":
                    blocks.Add(If(rest));
                    break;
                case "range":
                    blocks.Add(Range(rest));
                    break;
                case "define":
                    definitions[rest.Trim('"')] = Closed();
                    break;
                default:
                    blocks.Add(new Block.Output(piece.Text));
                    break;
            }
        }
        end = null;
        return blocks;
    }

    private Block.If If(string condition)
    {
        var then = Body(out var end);
        if (end is null) throw new FormatException($"'if {condition}' has no end");
        if (end == "end") return new Block.If(condition, then, []);
        var (_, rest) = Head(end);
        return rest.StartsWith("if ", StringComparison.Ordinal)
            ? new Block.If(condition, then, [If(rest[3..].Trim())])
            : new Block.If(condition, then, Closed());
    }

    private Block.Range Range(string rest)
    {
        var parts = rest.Split(":=", 2);
        var variables = parts.Length == 2 ? parts[0].Split(',', StringSplitOptions.TrimEntries) : [];
        return new Block.Range(variables, parts[^1].Trim(), Closed());
    }

    private List<Block> Closed()
    {
        var body = Body(out var end);
        return end == "end" ? body : throw new FormatException($"an end is missing before '{end}'");
    }

    private static (string Word, string After) Head(string action)
    {
        var space = action.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? (action, "") : (action[..space], action[(space + 1)..].Trim());
    }
}
