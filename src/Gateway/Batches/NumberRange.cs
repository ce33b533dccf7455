using System.Globalization;
using System.Text.Json;
using Farm.Gateway.Http;

namespace Farm.Gateway.Batches;

/// <summary>A <c>range</c>: <c>from</c> and <c>to</c>, both included, by <c>step</c> (1, or -1 downwards). Decimal, so that 0.1 stays 0.1.</summary>
internal static class NumberRange
{
    /// <summary>The numbers as JSON.</summary>
    public static IEnumerable<string> Read(JsonElement range, string field, int most)
    {
        if (range.ValueKind is not JsonValueKind.Object)
            throw RequestRefusedException.Field(field, "must be an object of from, to and step");
        var (from, to) = (Number(range, "from", field), Number(range, "to", field));
        var step = range.Member("step") is null ? (to < from ? -1 : 1) : Number(range, "step", field);
        if (step == 0 || (to > from && step < 0) || (to < from && step > 0))
            throw RequestRefusedException.Field($"{field}.step", "must lead from from to to");
        try
        {
            if ((to - from) / step >= most)
                throw RequestRefusedException.Field(field, $"must not have more than {most} values");
        }
        catch (OverflowException)
        {
            throw RequestRefusedException.Field(field, $"must not have more than {most} values");
        }
        return Enumerable.Range(0, (int)((to - from) / step) + 1).Select(i => (from + i * step).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Reads a cell that is a number in JSON's or the common notation; gives it as JSON.</summary>
    public static bool TryParse(string cell, out string json)
    {
        json = cell.Trim();
        if (decimal.TryParse(json, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            json = number.ToString(CultureInfo.InvariantCulture);
        else
            return false;
        return true;
    }

    private static decimal Number(JsonElement range, string name, string field) =>
        range.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDecimal(out var number)
            ? number
            : throw RequestRefusedException.Field($"{field}.{name}", "must be a number");
}
