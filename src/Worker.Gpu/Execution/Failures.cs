using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Farm.Nodes;
using Farm.Worker.Execution.Values;

namespace Farm.Worker.Execution;

/// <summary>Exceptions as clients of ComfyUI know them.</summary>
internal static class Failures
{
    private const int LongestTraceback = 50;

    /// <summary>Characters of a text in an error; beyond them it is cut.</summary>
    private const int LongestText = 100_000;

    /// <summary>Bytes of current_inputs, as JSON; beyond them values are left out.</summary>
    private const int LargestInputs = 1 << 20;

    private const string OutOfMemoryTip =
        "This error means you ran out of memory on your GPU.\n\nTIPS: If the workflow worked before you might have accidentally set the batch_size to a large number.";

    private const string ClipTip =
        "\n\nTIPS: If you have any \"Load CLIP\" or \"*CLIP Loader\" nodes in your workflow connected to this sampler node make sure the correct file(s) and type is selected.";

    /// <summary>The exception_type: the name of the Python exception that comes nearest.</summary>
    public static string TypeOf(Exception failure) => failure switch
    {
        NodeFailedException known => known.Type,
        DeviceMemoryException => "torch.OutOfMemoryError",
        InsufficientMemoryException or OutOfMemoryException => "MemoryError",
        FileNotFoundException or DirectoryNotFoundException => "FileNotFoundError",
        UnauthorizedAccessException => "PermissionError",
        IOException => "OSError",
        KeyNotFoundException => "KeyError",
        IndexOutOfRangeException => "IndexError",
        DivideByZeroException => "ZeroDivisionError",
        OverflowException => "OverflowError",
        NotImplementedException or NotSupportedException => "NotImplementedError",
        TimeoutException => "TimeoutError",
        InvalidCastException or ArgumentNullException => "TypeError",
        ArgumentException or FormatException or InvalidDataException => "ValueError",
        NullReferenceException => "AttributeError",
        _ => "RuntimeError",
    };

    /// <summary>The exception_message: the exception's text, a line end, and a tip where there is one.</summary>
    public static string MessageOf(Exception failure, string classType) => $"{Shortened(failure.Message)}\n{TipFor(failure, classType)}";

    /// <summary>A text that a node made, no longer than an error can carry.</summary>
    public static string Shortened(string text) => text.Length <= LongestText ? text : $"{text[..LongestText]}… ({text.Length} characters)";

    /// <summary>One line a frame, outermost first.</summary>
    public static ImmutableArray<string> TracebackOf(Exception failure) =>
        [.. (failure.StackTrace ?? "").Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0).Take(LongestTraceback).Reverse()];

    /// <summary>current_inputs: plain values as they are, others as their text; long texts are cut, and what is beyond a limit is left out.</summary>
    public static string DescribeInputs(NodeInputs? inputs)
    {
        if (inputs is null)
            return "{}";
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            for (var i = 0; i < inputs.Names.Count; i++)
            {
                json.WriteStartArray(inputs.Names[i]);
                foreach (var value in inputs.Lists[i].TakeWhile(_ => json.BytesCommitted + json.BytesPending < LargestInputs))
                    JsonValues.Write(json, value is null or ValueType ? value : Shortened(value as string ?? PythonValue.Str(value)));
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string TipFor(Exception failure, string classType) => failure switch
    {
        DeviceMemoryException => OutOfMemoryTip,
        _ when TypeOf(failure) == "RuntimeError" && failure.Message.Contains("mat1 and mat2 shapes", StringComparison.Ordinal)
            && classType.Contains("Sampler", StringComparison.Ordinal) => ClipTip,
        _ => "",
    };
}
