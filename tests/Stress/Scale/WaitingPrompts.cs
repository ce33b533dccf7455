using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;

namespace Farm.Stress.Scale;

/// <summary>Many waiting prompts: one that the gateway took, and rows that differ from its own in ids and number only.</summary>
internal sealed class WaitingPrompts(StressFarm farm)
{
    /// <summary>A text that stands in every graph and nowhere else.</summary>
    private const string Mark = "text of the graph";

    private const string
        UnfinishedSql = "SELECT count(*) FROM prompts WHERE status < 2",
        WithGraphSql = $"SELECT count(*) FROM prompts WHERE status < 2 AND prompts::text LIKE '%{Mark}%'",
        WidthSql = "SELECT avg(pg_column_size(prompts.*)) FROM prompts WHERE status < 2";

    /// <summary>Fills the database.</summary>
    public async Task FillAsync(int count)
    {
        await SubmitAsync();
        await using var connection = await farm.Database.OpenConnectionAsync();
        await RunAsync(connection, $"CREATE TEMP TABLE more AS SELECT gen_random_uuid() AS run_id, gen_random_uuid()::text AS prompt_id, i FROM generate_series(1, {count - 1}) i");
        await RunAsync(connection, await CopyAsync(connection, "prompts"));
        await RunAsync(connection, await CopyAsync(connection, "prompt_graphs"));
        await RunAsync(connection, $"UPDATE counters SET value = value + {count}");
        // As a queue that has grown over hours is: hint bits set, statistics there, and no checkpoint owed.
        await RunAsync(connection, "VACUUM (FREEZE, ANALYZE)");
        await RunAsync(connection, "CHECKPOINT");
    }

    /// <summary>Rows of prompts that wait.</summary>
    public Task<long> CountAsync() => farm.CountAsync(UnfinishedSql);

    /// <summary>Of these, rows in which a text of the graph stands; and their mean size in bytes.</summary>
    public async Task<(long WithGraph, long Bytes)> SizesAsync() => (await farm.CountAsync(WithGraphSql), await farm.CountAsync(WidthSql));

    private async Task SubmitAsync()
    {
        using var http = new HttpClient { BaseAddress = farm.Addresses[0] };
        var graph = new JsonObject
        {
            ["1"] = Node(ScriptedWorkers.Source, new() { ["text"] = string.Join(", ", Enumerable.Repeat(Mark, 20)), ["seed"] = 1 }),
            ["2"] = Node(ScriptedWorkers.Sink, new() { ["images"] = new JsonArray("1", 0) }),
        };
        using var answer = await http.PostAsJsonAsync("/prompt", new JsonObject { ["prompt"] = graph });
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException((await answer.Content.ReadFromJsonAsync<JsonElement>()).ToString());
    }

    private static JsonObject Node(string classType, JsonObject inputs) => new() { ["class_type"] = classType, ["inputs"] = inputs };

    /// <summary>The statement that repeats the one row of a table under the new ids.</summary>
    private static async Task<string> CopyAsync(NpgsqlConnection connection, string table)
    {
        var columns = new List<string>();
        await using (var command = new NpgsqlCommand($"SELECT quote_ident(column_name) FROM information_schema.columns WHERE table_name = '{table}'", connection))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                columns.Add(reader.GetString(0));
        }
        var values = columns.Select(column => column switch
        {
            "run_id" or "prompt_id" => $"more.{column}",
            "number" => "one.number + more.i",
            _ => $"one.{column}",
        });
        return $"INSERT INTO {table} ({string.Join(", ", columns)}) SELECT {string.Join(", ", values)} FROM {table} one, more";
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync();
    }
}
