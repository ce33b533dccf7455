using System.Text;

namespace Farm.EndToEnd.Fuzzing;

/// <summary>Names and texts that are hard to take, in the encodings in which a client may send them.</summary>
internal static class BadTexts
{
    /// <summary>Stands in the name of every file that a request tries to write elsewhere.</summary>
    public const string Mark = "fuzz-escape";

    private static readonly string[] Ups = ["../", "..\\", "./../", "....//", "..;/", "..%2f", "..\u2215", "\uff0e\uff0e/", "..//", "/../", "a/../../", "a/../", ".%00./"];

    private static readonly string[] Texts =
    [
        "", " ", ".", "..", "/", "//", "\\", "~", "*", "?", "\0", "a\0b", "\u0001\u001f\u007f", "\r\nX-Injected: 1", "'\"`;--", "%", "%s%n", "{0}", "${x}", "<script>", "CON", "-rf",
        "null", "true", "undefined", "NaN", "-1", "0", "1e999", "9223372036854775808", "99999999999999999999999999", "0x10", " 1 ", "\u0661", "[]", "{}", "[[[[", "\ufeff", "\u202e", "\ud83d\ude00",
        "e\u0301", "\u0130", "\ufffd", "\ufffe", "output", "input [output]", "[temp]", "a.png [input]", "blake3:", "blake3:zz", "models", "jpeg;", ";;;", "webp;90", "rgb", "a", "name,name", ",,,",
    ];

    /// <summary>A text of a file's or id's place: hard to take, or out of its root.</summary>
    public static string Name(Random random) => random.Next(10) switch
    {
        < 3 => Escape(random),
        3 => new string('a', random.Next(1, 6000)),
        4 => string.Concat(Enumerable.Repeat("a/", random.Next(1, 400))),
        5 => Scrambled(random),
        _ => Texts[random.Next(Texts.Length)],
    };

    /// <summary>A text that has a value of a path or query, percent-encoded in one of many right and wrong ways; never holds what ends a request line.</summary>
    public static string Encoded(Random random, string text)
    {
        var encoded = new StringBuilder();
        var way = random.Next(9);
        foreach (var rune in text.EnumerateRunes())
            encoded.Append(Encode(random, rune, way));
        return random.Next(12) == 0 ? encoded.Insert(random.Next(encoded.Length + 1), BrokenEscape(random)).ToString() : encoded.ToString();
    }

    private static string Encode(Random random, Rune rune, int way)
    {
        var isPlain = rune.IsAscii && (Rune.IsLetterOrDigit(rune) || ".-_~/".Contains((char)rune.Value, StringComparison.Ordinal));
        return way switch
        {
            0 => Uri.EscapeDataString(rune.ToString()),
            1 => Uri.EscapeDataString(Uri.EscapeDataString(rune.ToString())),
            2 => string.Concat(Encoding.UTF8.GetBytes(rune.ToString()).Select(b => $"%{b:x2}")),
            // Two and three bytes for what takes one: overlong.
            3 when rune.IsAscii => $"%{0xC0 | (rune.Value >> 6):X2}%{0x80 | (rune.Value & 0x3F):X2}",
            4 when rune.IsAscii => $"%E0%{0x80 | (rune.Value >> 6):X2}%{0x80 | (rune.Value & 0x3F):X2}",
            5 => string.Concat(Encoding.BigEndianUnicode.GetBytes(rune.ToString()).Select(b => $"%{b:X2}")),
            6 => string.Concat(rune.ToString().Select(c => $"%u{(int)c:x4}")),
            // Bytes as they are, which no request line may hold; the head goes out byte by character.
            7 when !isPlain && rune.Value > ' ' => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(rune.ToString())),
            _ => isPlain || random.Next(20) == 0 && rune.Value is > ' ' and < 127 ? rune.ToString() : Uri.EscapeDataString(rune.ToString()),
        };
    }

    // Cut off, no digits, half of a surrogate pair in UTF-8, bytes that never occur, a NUL.
    private static string BrokenEscape(Random random) => random.GetItems(["%", "%2", "%zz", "%ED%A0%80", "%ED%BF%BF", "%FF", "%FE%FF", "%C0", "%F4%90%80%80", "%00", "%0d%0a"], 1)[0];

    private static string Escape(Random random)
    {
        var target = random.GetItems(["canary.txt", "canary/", $"{Mark}.txt", $"{Mark}/x.png", "etc/passwd", "farm.db", ".farm/lock"], 1)[0];
        return random.Next(6) switch
        {
            0 => "/tmp/" + target,
            1 => "/" + target,
            2 => "file:///" + target,
            3 => "C:\\" + target,
            _ => string.Concat(Enumerable.Repeat(Ups[random.Next(Ups.Length)], random.Next(1, 8))) + target,
        };
    }

    private static string Scrambled(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(1, 40); i > 0; i--)
            text.Append(Rune.IsValid(random.Next(0x10FFFF)) ? new Rune(random.Next(0xD7FF)).ToString() : "\ufffd");
        return text.ToString();
    }
}
