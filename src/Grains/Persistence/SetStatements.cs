using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Farm.Grains.Persistence;

/// <summary>
/// Rows of one table that one commit adds, or changes in the same columns, as one statement over arrays instead of a statement a row
/// (PostgreSQL's <c>unnest</c>). A change must find its row as it was read, as with single statements.
/// </summary>
internal static class SetStatements
{
    /// <summary>Fewer rows than this are left to single statements.</summary>
    private const int LeastRows = 2;

    private static readonly ConcurrentDictionary<string, string> Texts = new(StringComparer.Ordinal);

    /// <summary>Writes the tracked rows that come in sets, in one round trip, and tracks them no more.</summary>
    /// <exception cref="DbUpdateConcurrencyException">A row was changed meanwhile, or is gone.</exception>
    /// <exception cref="DbUpdateException">The database refused a set.</exception>
    public static async Task WriteAsync(DbContext db, CancellationToken cancellation)
    {
        var sets = db.ChangeTracker.Entries()
            .Where(entry => entry.State is EntityState.Added or EntityState.Modified && StandsAlone(entry.Metadata))
            .GroupBy(KindOf, StringComparer.Ordinal)
            .Select(set => (Kind: set.Key, Rows: set.ToArray()))
            .Where(set => set.Rows.Length >= LeastRows)
            .ToArray();
        if (sets.Length == 0) return;
        await using var batch = new NpgsqlBatch((NpgsqlConnection)db.Database.GetDbConnection());
        foreach (var (kind, rows) in sets) batch.BatchCommands.Add(CommandOf(kind, rows));
        await ExecuteAsync(batch, cancellation);
        for (var i = 0; i < sets.Length; i++)
        {
            if (batch.BatchCommands[i].RecordsAffected != sets[i].Rows.Length)
                throw new DbUpdateConcurrencyException($"Of {sets[i].Rows.Length} rows of {sets[i].Rows[0].Metadata.GetTableName()} only {batch.BatchCommands[i].RecordsAffected} are as they were.");
            foreach (var row in sets[i].Rows) row.State = EntityState.Detached;
        }
    }

    private static async Task ExecuteAsync(NpgsqlBatch batch, CancellationToken cancellation)
    {
        try
        {
            await batch.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException error)
        {
            throw new DbUpdateException("A set of rows could not be written.", error);
        }
    }

    private static NpgsqlBatchCommand CommandOf(string kind, EntityEntry[] rows)
    {
        var changes = rows[0].State == EntityState.Modified;
        var columns = ColumnsOf(rows[0], changes);
        var command = new NpgsqlBatchCommand(Texts.GetOrAdd(kind, _ => changes ? Update(rows[0].Metadata, columns) : Insert(rows[0].Metadata, columns)));
        foreach (var column in columns) command.Parameters.Add(new NpgsqlParameter { Value = column.Values(rows) });
        return command;
    }

    /// <summary>Rows that refer to others, or are referred to, are written in an order that the tracker knows.</summary>
    private static bool StandsAlone(IEntityType type) => !type.GetForeignKeys().Any() && !type.GetReferencingForeignKeys().Any();

    /// <summary>What one statement can write: rows of a table, and the same columns.</summary>
    private static string KindOf(EntityEntry entry) => entry.State == EntityState.Added
        ? entry.Metadata.Name
        : string.Join(' ', entry.Metadata.GetProperties().Where(p => entry.Property(p).IsModified).Select(p => p.Name).Prepend(entry.Metadata.Name));

    /// <summary>The columns that are written; of a change also its key, and what a row must have been before.</summary>
    private static Column[] ColumnsOf(EntityEntry row, bool changes)
    {
        var properties = row.Metadata.GetProperties();
        if (!changes) return [.. properties.Where(p => !p.ValueGenerated.HasFlag(ValueGenerated.OnAdd)).Select(p => new Column(p, Use.Value))];
        return
        [
            .. properties.Where(p => p.IsPrimaryKey()).Select(p => new Column(p, Use.Key)),
            .. properties.Where(p => p.IsConcurrencyToken).Select(p => new Column(p, Use.Before)),
            .. properties.Where(p => !p.IsPrimaryKey() && (p.IsConcurrencyToken || row.Property(p).IsModified)).Select(p => new Column(p, Use.Value)),
        ];
    }

    private static string Insert(IEntityType type, Column[] columns)
    {
        var names = string.Join(", ", columns.Select(c => c.Name));
        return $"INSERT INTO {type.GetTableName()} ({names}) SELECT {names} FROM {Rows(columns, c => c.Name)}";
    }

    private static string Update(IEntityType type, Column[] columns)
    {
        var changes = columns.Where(c => c.Use == Use.Value).Select(c => $"{c.Name} = changed.{Own(c)}");
        var conditions = columns.Where(c => c.Use != Use.Value).Select(c => $"stored.{c.Name} = changed.{Own(c)}");
        return $"UPDATE {type.GetTableName()} AS stored SET {string.Join(", ", changes)} FROM {Rows(columns, Own)} WHERE {string.Join(" AND ", conditions)}";

        // A column may stand in the set with its old value and its new one.
        static string Own(Column column) => column.Use == Use.Before ? $"before_{column.Property.GetColumnName()}" : column.Name;
    }

    private static string Rows(Column[] columns, Func<Column, string> name)
    {
        var arrays = columns.Select((column, i) => string.Create(CultureInfo.InvariantCulture, $"${i + 1}::{column.StoreType}[]"));
        return $"unnest({string.Join(", ", arrays)}) AS changed ({string.Join(", ", columns.Select(name))})";
    }

    /// <summary>What a column is there for.</summary>
    private enum Use
    {
        Value,
        Key,
        Before,
    }

    private sealed record Column(IProperty Property, Use Use)
    {
        private readonly RelationalTypeMapping _mapping = Property.GetRelationalTypeMapping();

        public string Name { get; } = $"\"{Property.GetColumnName()}\"";

        public string StoreType => _mapping.StoreType;

        /// <summary>Its values in all rows, as an array of the type that the database knows.</summary>
        public Array Values(EntityEntry[] rows)
        {
            var type = _mapping.Converter?.ProviderClrType ?? Nullable.GetUnderlyingType(Property.ClrType) ?? Property.ClrType;
            if (type.IsValueType && Property.IsNullable) type = typeof(Nullable<>).MakeGenericType(Nullable.GetUnderlyingType(type) ?? type);
            var values = Array.CreateInstance(type, rows.Length);
            for (var i = 0; i < rows.Length; i++)
            {
                var value = Use == Use.Before ? rows[i].OriginalValues[Property] : rows[i].CurrentValues[Property];
                values.SetValue(value is not null && _mapping.Converter is { } converter ? converter.ConvertToProvider(value) : value, i);
            }
            return values;
        }
    }
}
