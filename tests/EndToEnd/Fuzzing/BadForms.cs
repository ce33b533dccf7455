using System.Text;

namespace Farm.EndToEnd.Fuzzing;

/// <summary>Multipart forms with what an upload may get wrong.</summary>
internal static class BadForms
{
    private const string Boundary = "fuzz-boundary";
    private const string Type = $"multipart/form-data; boundary={Boundary}";

    private static readonly string[] Fields =
        ["image", "file", "type", "subfolder", "overwrite", "original_ref", "tags", "name", "user_metadata", "hash", "mime_type", "preview_id", "id", "", "\u00e4"];

    /// <summary>A form and the content type it is sent with.</summary>
    public static (string ContentType, byte[] Body) Make(Dice dice, string operation, KnownThings known)
    {
        var body = new MemoryStream();
        foreach (var (head, content) in Parts(dice, operation, known))
        {
            body.Write(Encoding.UTF8.GetBytes($"--{Boundary}\r\n{head}\r\n\r\n"));
            body.Write(content);
            body.Write("\r\n"u8);
        }
        if (!dice.OnceIn(12))
            body.Write(Encoding.UTF8.GetBytes($"--{Boundary}--\r\n"));
        return (dice.OnceIn(6) ? ContentType(dice.Random) : Type, dice.OnceIn(14) ? body.ToArray()[..dice.Random.Next((int)body.Length + 1)] : body.ToArray());
    }

    private static List<(string Head, byte[] Content)> Parts(Dice dice, string operation, KnownThings known)
    {
        var file = operation == "createAsset" ? "file" : "image";
        var parts = new List<(string Head, byte[] Content)>();
        if (!dice.OnceIn(8))
            parts.Add((Disposition(dice, dice.Spoils ? BadTexts.Name(dice.Random) : file, dice.OnceIn(2) ? BadTexts.Name(dice.Random) : "a.png"), dice.Spoils ? Content(dice.Random, known) : known.Png));
        if (operation == "createAsset")
            parts.Add((Disposition(dice, "tags", null), Encoding.UTF8.GetBytes(dice.OnceIn(4) ? "input," + BadTexts.Name(dice.Random) : dice.One("input", "output", "models,loras", "input,sub", "temp"))));
        if (operation == "uploadMask" && !dice.OnceIn(6))
            parts.Add((Disposition(dice, "original_ref", null), Encoding.UTF8.GetBytes($"{{\"filename\":\"{known.Image}\",\"type\":\"input\",\"subfolder\":{(dice.Spoils ? BadJson.Value(dice.Random, known, 1) : "\"\"")}}}")));
        for (var i = dice.Random.Next(3); i > 0; i--)
            parts.Add((Disposition(dice, dice.One(Fields), dice.OnceIn(8) ? BadTexts.Name(dice.Random) : null), Field(dice.Random, known)));
        return parts;
    }

    private static string ContentType(Random random) => random.Next(7) switch
    {
        0 => "multipart/form-data",
        1 => "multipart/form-data; boundary=",
        2 => "multipart/form-data; boundary=other",
        3 => $"multipart/form-data; boundary={new string('b', 300)}",
        4 => $"multipart/mixed; boundary={Boundary}",
        5 => "application/x-www-form-urlencoded",
        _ => $"multipart/form-data; boundary=\"{Boundary}",
    };

    private static string Disposition(Dice dice, string name, string? fileName) => dice.Random.Next(30) switch
    {
        0 => "Content-Disposition: attachment",
        1 => "Content-Disposition: ",
        2 => $"X-Long: {new string('x', 20_000)}",
        3 => "no header at all",
        < 6 when fileName is not null => $"Content-Disposition: form-data; name=\"{Quoted(name)}\"; filename*=UTF-8''{BadTexts.Encoded(dice.Random, fileName)}",
        _ => $"Content-Disposition: form-data; name=\"{Quoted(name)}\"{(fileName is null ? "" : $"; filename=\"{Quoted(fileName)}\"\r\nContent-Type: image/png")}",
    };

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
        3 => Encoding.UTF8.GetBytes("true"),
        _ => BadJson.Bytes(random),
    };
}
