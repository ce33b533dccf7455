using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Farm.Contracts.Text;
using Farm.Nodes;

namespace Farm.Worker.Execution.Values;

/// <summary>Between JSON and the values that nodes see (see <see cref="NodeCall"/>).</summary>
internal static class JsonValues
{
    /// <summary>A JSON value as a runtime value; numbers are floats where their text says so.</summary>
    public static object? Read(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => ReadNumber(json),
        JsonValueKind.Array => json.EnumerateArray().Select(Read).ToList(),
        JsonValueKind.Object => ReadObject(json),
        _ => null,
    };

    /// <summary>An object's members in order; the last of equal names counts.</summary>
    public static OrderedDictionary<string, object?> ReadObject(JsonElement json)
    {
        var members = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
            members[member.Name] = Read(member.Value);
        return members;
    }

    /// <summary>
    /// JSON text of a runtime value. What JSON does not know becomes text; NaN and infinities, which no client could read, become null.
    /// </summary>
    public static string Write(object? value)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes a runtime value.</summary>
    public static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case double number:
                WriteFloat(json, number);
                break;
            case float number:
                WriteFloat(json, number);
                break;
            case int or long or ulong or BigInteger:
                json.WriteRawValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture), skipInputValidation: true);
                break;
            case IReadOnlyDictionary<string, object?> members:
                WriteObject(json, members);
                break;
            case IReadOnlyList<object?> list:
                json.WriteStartArray();
                foreach (var element in list)
                    Write(json, element);
                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(PythonValue.Str(value));
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter json, IReadOnlyDictionary<string, object?> members)
    {
        json.WriteStartObject();
        foreach (var (name, value) in members)
        {
            json.WritePropertyName(name);
            Write(json, value);
        }
        json.WriteEndObject();
    }

    private static void WriteFloat(Utf8JsonWriter json, double number)
    {
        if (double.IsFinite(number))
            json.WriteRawValue(PythonText.Float(number), skipInputValidation: true);
        else
            json.WriteNullValue();
    }

    private static object ReadNumber(JsonElement json)
    {
        if (PythonText.IsFloat(json))
            return json.GetDouble();
        return json.TryGetInt64(out var integer) ? integer : BigInteger.Parse(json.GetRawText(), CultureInfo.InvariantCulture);
    }
}
