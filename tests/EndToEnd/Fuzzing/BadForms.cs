using System.Text;

namespace Farm.EndToEnd.Fuzzing;

/// <summary>Multipart forms with what an upload may get wrong.</summary>
internal static class BadForms
{
    private const string Boundary = "fuzz-boundary";

    private static readonly string[] Fields =
        ["image", "file", "type", "subfolder", "overwrite", "original_ref", "tags", "name", "user_metadata", "hash", "mime_type", "preview_id", "id", "", "\u00e4"];

    /// <summary>A form and the content type it is sent with.</summary>
    public static (string ContentType, byte[] Body) Make(Random random, string operation, KnownThings known)
    {
        var body = new MemoryStream();
        var file = operation == "createAsset" ? "file" : "image";
        var parts = new List<(string Head, byte[] Content)>();
        if (random.Next(8) > 0)
            parts.Add((Disposition(random, random.Next(10) == 0 ? BadTexts.Name(random) : file, FileName(random, known)), Content(random, known)));
        if (operation == "createAsset" && random.Next(6) > 0)
            parts.Add((Disposition(random, "tags", null), Encoding.UTF8.GetBytes(random.GetItems(["input", "output", "models,loras", "input,sub", "temp"], 1)[0])));
        for (var i = random.Next(4); i > 0; i--)
            parts.Add((Disposition(random, Fields[random.Next(Fields.Length)], random.Next(8) == 0 ? FileName(random, known) : null), Field(random, known)));
        foreach (var (head, content) in parts)
        {
            body.Write(Encoding.UTF8.GetBytes($"--{Boundary}\r\n{head}\r\n\r\n"));
            body.Write(content);
            body.Write("\r\n"u8);
        }
        if (random.Next(10) > 0)
            body.Write(Encoding.UTF8.GetBytes($"--{Boundary}--\r\n"));
        return (ContentType(random), random.Next(12) == 0 ? body.ToArray()[..random.Next((int)body.Length + 1)] : body.ToArray());
    }

    private static string ContentType(Random random) => random.Next(16) switch
    {
        0 => "multipart/form-data",
        1 => "multipart/form-data; boundary=",
        2 => "multipart/form-data; boundary=other",
        3 => $"multipart/form-data; boundary={new string('b', 300)}",
        4 => $"multipart/mixed; boundary={Boundary}",
        5 => "application/x-www-form-urlencoded",
        6 => $"multipart/form-data; boundary=\"{Boundary}",
        _ => $"multipart/form-data; boundary={Boundary}",
    };

    private static string Disposition(Random random, string name, string? fileName) => random.Next(20) switch
    {
        0 => "Content-Disposition: attachment",
        1 => "Content-Disposition: ",
        2 => $"X-Long: {new string('x', 20_000)}",
        3 => "no header at all",
        4 when fileName is not null => $"Content-Disposition: form-data; name=\"{Quoted(name)}\"; filename*=UTF-8''{BadTexts.Encoded(random, fileName)}",
        _ => $"Content-Disposition: form-data; name=\"{Quoted(name)}\"{(fileName is null ? "" : $"; filename=\"{Quoted(fileName)}\"\r\nContent-Type: image/png")}",
    };

    private static string FileName(Random random, KnownThings known) => random.Next(4) == 0 ? known.Any(random) + ".png" : BadTexts.Name(random);

    private static string Quoted(string text) => text.Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);

    private static byte[] Content(Random random, KnownThings known) => random.Next(4) switch
    {
        0 => [],
        1 => known.Png,
        2 => known.Png[..random.Next(known.Png.Length)],
        _ => BadJson.Bytes(random),
    };

    private static byte[] Field(Random random, KnownThings known) => random.Next(5) switch
    {
        0 => Encoding.UTF8.GetBytes(BadTexts.Name(random)),
        1 => Encoding.UTF8.GetBytes(BadJson.Value(random, known)),
        2 => Encoding.UTF8.GetBytes(known.Any(random)),
        3 => Encoding.UTF8.GetBytes($"{{\"filename\":\"{known.Image}\",\"type\":\"input\"}}"),
        _ => BadJson.Bytes(random),
    };
}
