using System.Globalization;
using System.Security;
using System.Text;

namespace Farm.EndToEnd.Watching;

/// <summary>Draws a trace as an SVG: a line a span, under the span it belongs to, at its place in time, in the colour of its process.</summary>
internal static class TraceDrawing
{
    private const int Width = 960, Left = 250, Chart = 620, Top = 48, Row = 24, Indent = 12, NanosecondsAMillisecond = 1_000_000;
    private static readonly string[] Colours = ["#4472c4", "#2e8b57", "#c8781e", "#8a5aa8"];

    /// <summary>The picture as text.</summary>
    public static string Svg(IReadOnlyList<Span> trace)
    {
        var (start, end) = (trace.Min(s => s.Start), trace.Max(s => s.End));
        string[] processes = [.. trace.OrderBy(s => s.Start).Select(s => s.Process).Distinct(StringComparer.Ordinal)];
        var lines = Ordered(trace).ToList();
        var height = Top + Row * lines.Count + 8;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{height}\" fill=\"#fff\"/>\n");
        for (var i = 0; i < processes.Length; i++)
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{10 + 120 * i}\" y=\"10\" width=\"12\" height=\"12\" fill=\"{Colours[i % Colours.Length]}\"/><text x=\"{27 + 120 * i}\" y=\"21\">{processes[i]}</text>\n");
        Grid(svg, end - start, height);
        for (var i = 0; i < lines.Count; i++)
            Line(svg, lines[i].Span, lines[i].Depth, Top + Row * i, start, end, Colours[Array.IndexOf(processes, lines[i].Span.Process) % Colours.Length]);
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>The spans with how deep they stand: each follows what it belongs to, and those beside it by their start.</summary>
    private static IEnumerable<(Span Span, int Depth)> Ordered(IReadOnlyList<Span> trace)
    {
        var known = trace.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        IEnumerable<(Span Span, int Depth)> Under(string? parent, int depth) => trace
            .Where(s => parent is null ? !known.Contains(s.ParentId) : s.ParentId == parent)
            .OrderBy(s => s.Start)
            .SelectMany(s => Under(s.Id, depth + 1).Prepend((s, depth)));
        return Under(null, 0);
    }

    /// <summary>A line at every 1, 2 or 5 times a power of ten that leaves at most eight of them.</summary>
    private static void Grid(StringBuilder svg, ulong length, int height)
    {
        double[] factors = [1, 2, 5];
        var step = Enumerable.Range(6, 8).SelectMany(power => factors.Select(factor => factor * Math.Pow(10, power))).First(step => length / step <= 8);
        for (var at = 0.0; at <= length; at += step)
        {
            var x = Left + Chart * at / length;
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x:F1}\" y1=\"38\" x2=\"{x:F1}\" y2=\"{height - 10}\" stroke=\"#ddd\"/><text x=\"{x:F1}\" y=\"34\" fill=\"#666\" text-anchor=\"middle\">{Time(at)}</text>\n");
        }
    }

    private static void Line(StringBuilder svg, Span span, int depth, int y, ulong start, ulong end, string colour)
    {
        var x = Left + Chart * (double)(span.Start - start) / (end - start);
        var width = Math.Max(1.5, Chart * (double)(span.End - span.Start) / (end - start));
        var (name, source) = (SecurityElement.Escape(span.Name), SecurityElement.Escape(span.Source.StartsWith("Farm.", StringComparison.Ordinal) ? span.Source : "ASP.NET Core"));
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{10 + Indent * depth}\" y=\"{y + 12}\">{name}<tspan fill=\"#888\"> {source}</tspan></text>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x:F1}\" y=\"{y}\" width=\"{width:F1}\" height=\"16\" rx=\"2\" fill=\"{colour}\"/><text x=\"{x + width + 4:F1}\" y=\"{y + 12}\" fill=\"#444\">{Time(span.End - span.Start)}</text>\n");
    }

    private static string Time(double nanoseconds) => nanoseconds < 1000.0 * NanosecondsAMillisecond
        ? string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / NanosecondsAMillisecond:F0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / NanosecondsAMillisecond / 1000:F1} s");
}
