using System.Text;
using Farm.Gateway.Http;

namespace Farm.Gateway.Batches;

/// <summary>CSV as RFC 4180 has it: commas, lines, quotes doubled inside quotes. A line without anything is passed over.</summary>
internal static class CsvText
{
    /// <summary>The records of a text; refuses a quote that is not closed.</summary>
    public static List<List<string>> Read(string text, string field)
    {
        var records = new List<List<string>>();
        var record = new List<string>();
        var cell = new StringBuilder();
        var (quoted, wasQuoted) = (false, false);
        for (var i = 0; i <= text.Length; i++)
        {
            var sign = i < text.Length ? text[i] : '\n';
            if (quoted)
            {
                if (i == text.Length)
                    throw RequestRefusedException.Field(field, "has a quote that is not closed");
                if (sign != '"')
                    cell.Append(sign);
                else if (i + 1 < text.Length && text[i + 1] == '"')
                    cell.Append(text[++i]);
                else
                    quoted = false;
                continue;
            }
            switch (sign)
            {
                case '"' when cell.Length == 0 && !wasQuoted:
                    (quoted, wasQuoted) = (true, true);
                    break;
                case ',':
                    End();
                    break;
                case '\n':
                    if (record.Count > 0 || cell.Length > 0 || wasQuoted)
                    {
                        End();
                        records.Add(record);
                        record = [];
                    }
                    break;
                case '\r' when i + 1 == text.Length || text[i + 1] == '\n':
                    break;
                default:
                    cell.Append(sign);
                    break;
            }
        }
        return records;

        void End()
        {
            record.Add(cell.ToString());
            cell.Clear();
            wasQuoted = false;
        }
    }
}
