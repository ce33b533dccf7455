using Farm.Contracts.Ledger;
using Farm.Gateway.Http;

namespace Farm.Gateway.Ledger;

/// <summary>What is asked of the ledger, from a query.</summary>
internal static class LedgerQueryReader
{
    private const int MostEntries = 1000;

    /// <summary>Reads a query; refuses a value that breaks its rule by its name.</summary>
    public static LedgerQuery Read(IQueryCollection query) => new()
    {
        Tenant = query.Text("tenant"),
        From = query.Time("from"),
        To = query.Time("to"),
        Batch = query.Id("batch"),
        Worker = query.Text("worker"),
        Status = query.Text("status") is { } status ? StatusOf(status) : null,
        Offset = query.Number("offset", 0, 0, int.MaxValue - MostEntries),
        Limit = query.Number("limit", 100, 1, MostEntries),
    };

    private static LedgerStatus StatusOf(string name) => name switch
    {
        "completed" => LedgerStatus.Completed,
        "failed" => LedgerStatus.Failed,
        "interrupted" => LedgerStatus.Interrupted,
        "deleted" => LedgerStatus.Deleted,
        _ => throw RequestRefusedException.Field("status", "must be completed, failed, interrupted or deleted"),
    };
}
