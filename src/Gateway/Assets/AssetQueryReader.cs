using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Farm.Contracts.Assets;
using Farm.Gateway.Http;

namespace Farm.Gateway.Assets;

/// <summary>Reads a query string, noting every parameter that breaks a rule; <see cref="Check"/> refuses them together.</summary>
internal sealed class AssetQueryReader(IQueryCollection query)
{
    private const int MostConditions = 64;
    private static readonly (string Name, AssetSort Sort)[] Sorts =
    [
        ("name", AssetSort.Name), ("created_at", AssetSort.CreatedAt), ("updated_at", AssetSort.UpdatedAt), ("size", AssetSort.Size), ("last_access_time", AssetSort.AccessedAt),
    ];

    private readonly List<FieldProblem> _problems = [];

    /// <summary>A page of a list of assets: 20 by default, 500 at the most.</summary>
    public AssetQuery Page(JsonBody json) => new(
        Filter(json), Sorts[Choice("sort", [.. Sorts.Select(sort => sort.Name)], 1)].Sort, Choice("order", ["asc", "desc"], 1) == 0, Number("offset", 0, 0, int.MaxValue), Number("limit", 20, 1, 500));

    /// <summary>The conditions on assets.</summary>
    public AssetFilter Filter(JsonBody json)
    {
        var filter = new AssetFilter
        {
            IncludeTags = Tags("include_tags"),
            ExcludeTags = Tags("exclude_tags"),
            NameContains = query["name_contains"].ToString(),
            Metadata = Metadata(json),
        };
        if (filter.IncludeTags.Length + filter.ExcludeTags.Length + filter.Metadata.Length > MostConditions)
            throw AssetRefusedException.Bad(AssetRefusedException.InvalidQueryCode, $"include_tags, exclude_tags and metadata_filter: at most {MostConditions} conditions together");
        if (filter.NameContains.Contains('\0'))
            throw AssetRefusedException.Bad(AssetRefusedException.InvalidQueryCode, "name_contains must not hold the character U+0000");
        return filter;
    }

    /// <summary>A whole number.</summary>
    public int Number(string name, int absent, int least, int most)
    {
        if (!query.TryGetValue(name, out var given))
            return absent;
        var text = given[^1] ?? "";
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number))
            Add(new FieldProblem("int_parsing", name, "Input should be a valid integer, unable to parse string as an integer", FieldProblem.Json(text)));
        else if (number < least)
            Add(new FieldProblem("greater_than_equal", name, $"Input should be greater than or equal to {least}", FieldProblem.Json(text)) { Context = [("ge", $"{least}")] });
        else if (number > most)
            Add(new FieldProblem("less_than_equal", name, $"Input should be less than or equal to {most}", FieldProblem.Json(text)) { Context = [("le", $"{most}")] });
        return (int)Math.Clamp(number, least, most);
    }

    /// <summary>One of some words, by its place.</summary>
    public int Choice(string name, ImmutableArray<string> words, int absent)
    {
        if (!query.TryGetValue(name, out var given))
            return absent;
        var text = given[^1] ?? "";
        if (words.IndexOf(text) is var place and >= 0)
            return place;
        var quoted = words.Select(word => $"'{word}'").ToArray();
        var wanted = $"{string.Join(", ", quoted[..^1])} or {quoted[^1]}";
        Add(new FieldProblem("literal_error", name, $"Input should be {wanted}", FieldProblem.Json(text)) { Context = [("expected", FieldProblem.Json(wanted))] });
        return absent;
    }

    /// <summary>Yes or no, in the words that Pydantic takes.</summary>
    public bool Flag(string name, bool absent)
    {
        if (!query.TryGetValue(name, out var given))
            return absent;
        var text = given[^1] ?? "";
        switch (text.ToLowerInvariant())
        {
            case "true" or "1" or "yes" or "on" or "t" or "y":
                return true;
            case "false" or "0" or "no" or "off" or "f" or "n":
                return false;
            default:
                Add(new FieldProblem("bool_parsing", name, "Input should be a valid boolean, unable to interpret input", FieldProblem.Json(text)));
                return absent;
        }
    }

    /// <summary>A text that is not empty where it is given.</summary>
    public string Text(string name)
    {
        var text = query[name].ToString();
        if (text.Length == 0 && query.ContainsKey(name))
            Add(new FieldProblem("string_too_short", name, "String should have at least 1 character", "\"\"") { Context = [("min_length", "1")] });
        if (text.Contains('\0'))
            Add(FieldProblem.Value(name, $"{name} must not hold the character U+0000", FieldProblem.Json(text)));
        return text;
    }

    /// <summary>Refuses the query if a parameter broke a rule.</summary>
    public void Check(string message = "Validation failed.")
    {
        if (_problems.Count > 0)
            throw AssetRefusedException.Fields(AssetRefusedException.InvalidQueryCode, _problems, message);
    }

    private ImmutableArray<string> Tags(string name) => AssetRules.Tags([.. query[name].SelectMany(tags => (tags ?? "").Split(','))]);

    private ImmutableArray<MetadataMatch> Metadata(JsonBody json)
    {
        var text = query["metadata_filter"].ToString();
        if (text.Length == 0)
            return [];
        JsonElement value;
        try
        {
            value = json.Parse(Encoding.UTF8.GetBytes(text));
        }
        catch (RequestRefusedException)
        {
            Add(FieldProblem.Value("metadata_filter", $"metadata_filter must be JSON: {PythonJsonError.Describe(text)}", FieldProblem.Json(text)));
            return [];
        }
        if (value.ValueKind is JsonValueKind.Object && !text.Contains("\\u0000", StringComparison.Ordinal))
            return [.. value.EnumerateObject().Select(Match)];
        Add(FieldProblem.Value("metadata_filter", "metadata_filter must be a JSON object", FieldProblem.Json(text)));
        return [];
    }

    private static MetadataMatch Match(JsonProperty member)
    {
        var value = member.Value;
        var orAbsent = value.ValueKind is JsonValueKind.Null
            || (value.ValueKind is JsonValueKind.Array && value.EnumerateArray().Any(item => item.ValueKind is JsonValueKind.Null));
        return new MetadataMatch(member.Name, [.. MetadataText.Searchable(value)], orAbsent);
    }

    private void Add(FieldProblem problem) => _problems.Add(problem);
}
