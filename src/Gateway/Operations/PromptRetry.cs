using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Farm.Contracts.Batches;
using Farm.Contracts.Ledger;
using Farm.Contracts.Prompts;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Gateway.Prompts;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Operations;

/// <summary>Submits ended prompts once more, as new ones, through all rules.</summary>
internal sealed class PromptRetry(IGrainFactory grains, PromptSubmitter submitter, IOptions<GatewayOptions> options)
{
    private ILedgerGrain Ledger => grains.GetGrain<ILedgerGrain>(ILedgerGrain.Key);

    /// <summary>Submits a prompt that history has; under an id of its own, or under one that a repetition finds again.</summary>
    public Task<PromptAnswer> SubmitAsync(StoredSubmission submission, RequestIdentity identity, string? promptId, CancellationToken cancel)
    {
        var id = promptId is null ? "" : $"\"prompt_id\":{JsonSerializer.Serialize(promptId)},";
        var targets = JsonSerializer.Serialize(submission.Targets);
        var body = $$"""{{{id}}"prompt":{{submission.Prompt}},"extra_data":{{submission.ExtraData}},"partial_execution_targets":{{targets}}}""";
        var request = PromptRequest.Read(JsonText.Parse(Encoding.UTF8.GetBytes(body), options.Value.MaxJsonDepth), options.Value.MaxIdLength);
        return submitter.SubmitAsync(request, identity, cancel);
    }

    /// <summary>
    /// Submits a page of the ledger's failed prompts, those that failed first at first. A repetition submits none of them again: the new prompt's id
    /// follows from the failed run. Prompts of batches are left to their batches, which retry all that failed of them.
    /// </summary>
    public async Task<RetriedPrompts> FailedAsync(LedgerQuery query, CancellationToken cancel)
    {
        var page = await Ledger.ListAsync(query with { Status = LedgerStatus.Failed });
        var retried = new RetriedPrompts { HasMore = page.HasMore };
        foreach (var (batch, tenant) in page.Entries.Where(e => e.BatchId is not null).Select(e => (e.BatchId!.Value, e.Tenant)).Distinct())
        {
            if (await grains.GetGrain<IBatchGrain>(batch).RetryFailedAsync(tenant) is { Refusal: null })
                retried.Batches.Add(batch);
        }
        var single = page.Entries.Where(e => e.BatchId is null).Reverse().ToArray();
        var submissions = await SubmissionsAsync(single);
        foreach (var entry in single)
        {
            if (!submissions.TryGetValue(entry.RunId, out var submission))
                retried.Gone++;
            else if (!await TryAsync(entry, submission, retried, cancel))
                break;
        }
        return retried;
    }

    private async Task<Dictionary<Guid, StoredSubmission>> SubmissionsAsync(LedgerEntry[] entries)
    {
        var found = new Dictionary<Guid, StoredSubmission>();
        foreach (var tenant in entries.GroupBy(e => e.Tenant, StringComparer.Ordinal))
        {
            foreach (var submission in await grains.GetGrain<IHistoryGrain>(tenant.Key).SubmissionsAsync([.. tenant.Select(e => e.RunId)]))
                found[submission.RunId] = submission;
        }
        return found;
    }

    /// <summary>False when the tenant's quota lets no more in.</summary>
    private async Task<bool> TryAsync(LedgerEntry entry, StoredSubmission submission, RetriedPrompts retried, CancellationToken cancel)
    {
        try
        {
            var answer = await SubmitAsync(submission, new RequestIdentity(entry.Tenant, entry.User), IdOf(entry.RunId), cancel);
            if (answer.Receipt is { } receipt)
                retried.Prompts.Add((entry, receipt.PromptId));
            else
                retried.Refused.Add((entry, answer.Result.Refusal!.Message));
            return true;
        }
        catch (RequestRefusedException refused) when (refused.Status == StatusCodes.Status429TooManyRequests)
        {
            retried.Stopped = $"{refused.Message} of tenant '{entry.Tenant}'";
            return false;
        }
        catch (RequestRefusedException refused)
        {
            retried.Refused.Add((entry, refused.Message));
            return true;
        }
    }

    /// <summary>A canonical UUID of version 8 (RFC 9562), so that it stands for one submission.</summary>
    private static string IdOf(Guid run)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"retry\n{run:D}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true).ToString("D");
    }
}

/// <summary>What became of a page of failed prompts.</summary>
internal sealed class RetriedPrompts
{
    /// <summary>Those that are queued again, with their new ids.</summary>
    public List<(LedgerEntry Entry, string PromptId)> Prompts { get; } = [];

    /// <summary>Those that no longer pass the rules, and why.</summary>
    public List<(LedgerEntry Entry, string Reason)> Refused { get; } = [];

    /// <summary>Batches that retry what failed of them.</summary>
    public List<Guid> Batches { get; } = [];

    /// <summary>How many history has no more.</summary>
    public int Gone { get; set; }

    /// <summary>Why it stopped before the end of the page; null when it did not.</summary>
    public string? Stopped { get; set; }

    /// <summary>Whether the ledger has more that the query fits.</summary>
    public bool HasMore { get; init; }

    /// <summary>Writes it.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("retried", Prompts.Count);
        WriteList(writer, "prompts", Prompts, "new_prompt_id");
        WriteList(writer, "refused", Refused, "reason");
        writer.WriteStartArray("batches");
        foreach (var batch in Batches)
            writer.WriteStringValue(batch);
        writer.WriteEndArray();
        writer.WriteNumber("gone", Gone);
        writer.WriteString("stopped", Stopped);
        writer.WriteBoolean("has_more", HasMore);
        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, string name, List<(LedgerEntry Entry, string Text)> list, string text)
    {
        writer.WriteStartArray(name);
        foreach (var (entry, value) in list)
        {
            writer.WriteStartObject();
            writer.WriteString("prompt_id", entry.PromptId);
            writer.WriteString("run_id", entry.RunId);
            writer.WriteString("tenant", entry.Tenant);
            writer.WriteString(text, value);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
