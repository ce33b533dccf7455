using System.Globalization;
using System.Text.Json;
using Farm.Contracts.Text;

namespace Farm.Gateway.Http;

/// <summary>A prompt's rank as ComfyUI prints it: drawn numbers are whole.</summary>
internal static class QueueNumber
{
    /// <summary>Writes a whole number without a fraction unless it is to be a float.</summary>
    public static void Write(Utf8JsonWriter writer, double number, bool isFloat = false) => writer.WriteRawValue(
        !isFloat && number == Math.Truncate(number) && Math.Abs(number) < 1e15
            ? ((long)number).ToString(CultureInfo.InvariantCulture)
            : PythonText.Float(number));
}
