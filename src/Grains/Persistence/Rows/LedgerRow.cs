using Farm.Contracts.Ledger;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>What became of a submission; stays when its history goes. Times are milliseconds since 1970.</summary>
internal sealed class LedgerRow
{
    /// <summary>The key.</summary>
    public Guid RunId { get; set; }

    /// <summary>The tenant that owned it.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The user inside the tenant.</summary>
    public string User { get; set; } = "";

    /// <summary>The id clients know; may repeat.</summary>
    public string PromptId { get; set; } = "";

    /// <summary>What became of it.</summary>
    public LedgerStatus Status { get; set; }

    /// <summary>When it was accepted.</summary>
    public long QueuedAt { get; set; }

    /// <summary>When its last attempt began.</summary>
    public long? StartedAt { get; set; }

    /// <summary>When it was over.</summary>
    public long EndedAt { get; set; }

    /// <summary>The worker of the last attempt.</summary>
    public string? WorkerId { get; set; }

    /// <summary>Attempts as JSON; null when there are none.</summary>
    public string? Attempts { get; set; }

    /// <summary>Model files as JSON; null when there are none.</summary>
    public string? Models { get; set; }

    /// <summary>Seeds as JSON; null when there are none.</summary>
    public string? Seeds { get; set; }

    /// <summary>Things that came out.</summary>
    public int Outputs { get; set; }

    /// <summary>Milliseconds for which its attempts held a worker's device.</summary>
    public long GpuTime { get; set; }

    /// <summary>Its error, shortened.</summary>
    public string? Error { get; set; }

    /// <summary>The batch it belongs to.</summary>
    public Guid? BatchId { get; set; }

    /// <summary>Its index in the batch.</summary>
    public int? BatchIndex { get; set; }
}

/// <summary>Table <c>ledger</c>.</summary>
internal sealed class LedgerRowConfiguration : IEntityTypeConfiguration<LedgerRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<LedgerRow> builder)
    {
        builder.ToTable("ledger");
        builder.HasKey(l => l.RunId);
        builder.Property(l => l.RunId).HasColumnName("run_id").ValueGeneratedNever();
        builder.Property(l => l.Tenant).HasColumnName("tenant");
        builder.Property(l => l.User).HasColumnName("user");
        builder.Property(l => l.PromptId).HasColumnName("prompt_id");
        builder.Property(l => l.Status).HasColumnName("status");
        builder.Property(l => l.QueuedAt).HasColumnName("queued_at");
        builder.Property(l => l.StartedAt).HasColumnName("started_at");
        builder.Property(l => l.EndedAt).HasColumnName("ended_at");
        builder.Property(l => l.WorkerId).HasColumnName("worker_id");
        builder.Property(l => l.Attempts).HasColumnName("attempts");
        builder.Property(l => l.Models).HasColumnName("models");
        builder.Property(l => l.Seeds).HasColumnName("seeds");
        builder.Property(l => l.Outputs).HasColumnName("outputs");
        builder.Property(l => l.GpuTime).HasColumnName("gpu_time");
        builder.Property(l => l.Error).HasColumnName("error");
        builder.Property(l => l.BatchId).HasColumnName("batch_id");
        builder.Property(l => l.BatchIndex).HasColumnName("batch_index");
        builder.HasIndex(l => l.EndedAt, "ix_ledger_ended");
        builder.HasIndex(l => new { l.Tenant, l.EndedAt }, "ix_ledger_tenant");
        builder.HasIndex(l => new { l.WorkerId, l.EndedAt }, "ix_ledger_worker").HasFilter("worker_id IS NOT NULL");
        builder.HasIndex(l => new { l.BatchId, l.EndedAt }, "ix_ledger_batch").HasFilter("batch_id IS NOT NULL");
        builder.HasIndex(l => l.PromptId, "ix_ledger_prompt");
    }
}
