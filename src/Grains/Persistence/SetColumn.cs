using System.Globalization;
using Npgsql;

namespace Farm.Grains.Persistence;

/// <summary>One column of rows that go to PostgreSQL as a set: an array, and a parameter of the statement.</summary>
/// <param name="Name">What the statement calls it.</param>
/// <param name="Type">Its type there, of one value.</param>
internal abstract record SetColumn<TRow>(string Name, string Type)
{
    /// <summary>A column of values that a function reads of each row.</summary>
    public static SetColumn<TRow> Of<TValue>(string name, string type, Func<TRow, TValue> value) => new Typed<TValue>(name, type, value);

    /// <summary>The columns as a statement reads them: <c>unnest</c> of its parameters, called <c>changed</c>; its last column, <c>place</c>, counts from 1.</summary>
    public static string Rows(IReadOnlyList<SetColumn<TRow>> columns)
    {
        var arrays = columns.Select((column, i) => string.Create(CultureInfo.InvariantCulture, $"${i + 1}::{column.Type}[]"));
        return $"unnest({string.Join(", ", arrays)}) WITH ORDINALITY AS changed ({string.Join(", ", columns.Select(column => column.Name))}, place)";
    }

    /// <summary>The parameter that holds the column's values.</summary>
    public abstract NpgsqlParameter Values(IReadOnlyList<TRow> rows);

    private sealed record Typed<TValue>(string Name, string Type, Func<TRow, TValue> Value) : SetColumn<TRow>(Name, Type)
    {
        public override NpgsqlParameter Values(IReadOnlyList<TRow> rows)
        {
            var values = new TValue[rows.Count];
            for (var i = 0; i < values.Length; i++) values[i] = Value(rows[i]);
            return new NpgsqlParameter<TValue[]> { TypedValue = values };
        }
    }
}
