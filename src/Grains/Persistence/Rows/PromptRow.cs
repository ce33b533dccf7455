using Farm.Contracts.Jobs;
using Farm.Contracts.Prompts;
using Farm.Grains.Prompts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>Where a submission stands. Times are milliseconds since 1970.</summary>
internal sealed class PromptRow
{
    /// <summary>The key.</summary>
    public Guid RunId { get; set; }

    /// <summary>The tenant that owns it.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The user inside the tenant.</summary>
    public string User { get; set; } = "";

    /// <summary>The id clients know; may repeat.</summary>
    public string PromptId { get; set; } = "";

    /// <summary>The socket that gets its events.</summary>
    public string? ClientId { get; set; }

    /// <summary>Rank in the queue.</summary>
    public double Number { get; set; }

    /// <summary>Its status.</summary>
    public PromptStatus Status { get; set; }

    /// <summary>The attempt that may write.</summary>
    public int Attempt { get; set; }

    /// <summary>Counts the writes: a write that does not follow the last is refused.</summary>
    public long Revision { get; set; }

    /// <summary>The worker of the running or last attempt.</summary>
    public string? WorkerId { get; set; }

    /// <summary>What it needs and how it ranks, as the scheduler writes it.</summary>
    public string ClassTypes { get; set; } = "";

    /// <summary>When the gateway accepted it.</summary>
    public long CreatedAt { get; set; }

    /// <summary>When the current attempt began.</summary>
    public long? StartedAt { get; set; }

    /// <summary>When it was over.</summary>
    public long? EndedAt { get; set; }

    /// <summary>How it ended.</summary>
    public RunOutcome? Outcome { get; set; }

    /// <summary>Whether the running attempt is to be interrupted.</summary>
    public bool Interrupted { get; set; }

    /// <summary>Lost attempts as JSON; null when there are none.</summary>
    public string? Lost { get; set; }

    /// <summary>The status by which jobs are listed.</summary>
    public JobStatus JobStatus { get; set; }

    /// <summary>The workflow it came from; null when none was named.</summary>
    public string? WorkflowId { get; set; }

    /// <summary>The batch it was made for; null when a client submitted it.</summary>
    public Guid? BatchId { get; set; }

    /// <summary>Its index in the batch.</summary>
    public int? BatchIndex { get; set; }

    /// <summary>The trace it belongs to, as W3C's traceparent; null when it is not traced.</summary>
    public string? TraceParent { get; set; }
}

/// <summary>Table <c>prompts</c>.</summary>
internal sealed class PromptRowConfiguration : IEntityTypeConfiguration<PromptRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<PromptRow> builder)
    {
        builder.ToTable("prompts");
        builder.HasKey(p => p.RunId);
        builder.Property(p => p.RunId).HasColumnName("run_id").ValueGeneratedNever();
        builder.Property(p => p.Tenant).HasColumnName("tenant");
        builder.Property(p => p.User).HasColumnName("user");
        builder.Property(p => p.PromptId).HasColumnName("prompt_id");
        builder.Property(p => p.ClientId).HasColumnName("client_id");
        builder.Property(p => p.Number).HasColumnName("number");
        builder.Property(p => p.Status).HasColumnName("status");
        builder.Property(p => p.Attempt).HasColumnName("attempt");
        builder.Property(p => p.Revision).HasColumnName("revision").IsConcurrencyToken();
        builder.Property(p => p.WorkerId).HasColumnName("worker_id");
        builder.Property(p => p.ClassTypes).HasColumnName("class_types");
        builder.Property(p => p.CreatedAt).HasColumnName("created_at");
        builder.Property(p => p.StartedAt).HasColumnName("started_at");
        builder.Property(p => p.EndedAt).HasColumnName("ended_at");
        builder.Property(p => p.Outcome).HasColumnName("outcome");
        builder.Property(p => p.Interrupted).HasColumnName("interrupted");
        builder.Property(p => p.Lost).HasColumnName("lost_attempts");
        builder.Property(p => p.JobStatus).HasColumnName("job_status");
        builder.Property(p => p.WorkflowId).HasColumnName("workflow_id");
        builder.Property(p => p.BatchId).HasColumnName("batch_id");
        builder.Property(p => p.BatchIndex).HasColumnName("batch_index");
        builder.Property(p => p.TraceParent).HasColumnName("trace_parent");
        builder.HasIndex(p => new { p.Tenant, p.Number, p.PromptId }, "ix_prompts_unfinished").HasFilter("status < 2");
        builder.HasIndex(p => p.CreatedAt, "ix_prompts_queued").HasFilter("status = 0");
        builder.HasIndex(p => new { p.Tenant, p.PromptId }, "ix_prompts_prompt_id");
        builder.HasIndex(p => new { p.Tenant, p.JobStatus, p.CreatedAt }, "ix_prompts_jobs");
        builder.HasIndex(p => new { p.Tenant, p.ClientId, p.EndedAt }, "ix_prompts_client").HasFilter("client_id IS NOT NULL AND ended_at IS NOT NULL");
        builder.HasIndex(p => new { p.Tenant, p.WorkflowId, p.JobStatus, p.CreatedAt }, "ix_prompts_workflow").HasFilter("workflow_id IS NOT NULL");
    }
}
