using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Farm.Gateway.Http;

/// <summary>Values of a query for the farm's own routes; one that breaks its rule is refused by its name.</summary>
internal static class QueryValues
{
    /// <summary>A text without a NUL character, which PostgreSQL does not have; null where it is missing or empty.</summary>
    public static string? Text(this IQueryCollection query, string name) => NoNul(name, query[name] is [{ Length: > 0 } text, ..] ? text : null);

    /// <summary>A whole number between bounds; <paramref name="missing"/> where it is not given.</summary>
    public static int Number(this IQueryCollection query, string name, int missing, int least, int most)
    {
        if (query.Text(name) is not { } text)
            return missing;
        return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw RequestRefusedException.Field(name, $"must be a whole number from {least} to {most}");
    }

    /// <summary>A time: ISO 8601 with a zone, or milliseconds since 1970; null where it is missing.</summary>
    public static DateTimeOffset? Time(this IQueryCollection query, string name) => query.Text(name) is { } text ? ParseTime(name, text) : null;

    /// <summary>A UUID; null where it is missing.</summary>
    public static Guid? Id(this IQueryCollection query, string name) => query.Text(name) switch
    {
        null => null,
        var text when Guid.TryParse(text, out var id) => id,
        _ => throw RequestRefusedException.Field(name, "must be a UUID"),
    };

    /// <summary>Reads a time, or refuses it under the field's name.</summary>
    public static DateTimeOffset ParseTime(string name, string text)
    {
        const long latest = 253_402_300_799_999;
        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds is >= 0 and <= latest)
            return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw RequestRefusedException.Field(name, "must be a time: ISO 8601, or milliseconds since 1970");
    }

    /// <summary>The value as it is; refused when it holds a NUL character.</summary>
    [return: NotNullIfNotNull(nameof(value))]
    public static string? NoNul(string name, string? value) =>
        value?.Contains('\0') == true ? throw RequestRefusedException.Field(name, "must not hold a NUL character") : value;
}
