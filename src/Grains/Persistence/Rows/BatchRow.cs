using Farm.Contracts.Batches;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>Where a batch stands. Narrow, because it is written at every step. Times are milliseconds since 1970.</summary>
internal sealed class BatchRow
{
    /// <summary>The key.</summary>
    public Guid BatchId { get; set; }

    /// <summary>The tenant that owns it.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The user inside the tenant.</summary>
    public string User { get; set; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its status.</summary>
    public BatchStatus Status { get; set; }

    /// <summary>Counts the writes: a write that does not follow the last is refused.</summary>
    public long Revision { get; set; }

    /// <summary>Its indices.</summary>
    public int Total { get; set; }

    /// <summary>Indices expanded so far, in the order of handing in.</summary>
    public int Position { get; set; }

    /// <summary>Indices whose prompts wait or run.</summary>
    public int Submitted { get; set; }

    /// <summary>Indices to be handed in again.</summary>
    public int Waiting { get; set; }

    /// <summary>Indices that completed.</summary>
    public int Completed { get; set; }

    /// <summary>Indices that failed.</summary>
    public int Failed { get; set; }

    /// <summary>Indices that were cancelled.</summary>
    public int Cancelled { get; set; }

    /// <summary>How many prompts may wait or run at a time.</summary>
    public int Concurrency { get; set; }

    /// <summary>Batches that must end first, as JSON; null when there are none.</summary>
    public string? After { get; set; }

    /// <summary>When it was accepted.</summary>
    public long CreatedAt { get; set; }

    /// <summary>When its first index was handed in.</summary>
    public long? StartedAt { get; set; }

    /// <summary>When it was over.</summary>
    public long? EndedAt { get; set; }
}

/// <summary>Table <c>batches</c>.</summary>
internal sealed class BatchRowConfiguration : IEntityTypeConfiguration<BatchRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<BatchRow> builder)
    {
        builder.ToTable("batches");
        builder.HasKey(b => b.BatchId);
        builder.Property(b => b.BatchId).HasColumnName("batch_id").ValueGeneratedNever();
        builder.Property(b => b.Tenant).HasColumnName("tenant");
        builder.Property(b => b.User).HasColumnName("user");
        builder.Property(b => b.Name).HasColumnName("name");
        builder.Property(b => b.Status).HasColumnName("status");
        builder.Property(b => b.Revision).HasColumnName("revision").IsConcurrencyToken();
        builder.Property(b => b.Total).HasColumnName("total");
        builder.Property(b => b.Position).HasColumnName("position");
        builder.Property(b => b.Submitted).HasColumnName("submitted");
        builder.Property(b => b.Waiting).HasColumnName("waiting");
        builder.Property(b => b.Completed).HasColumnName("completed");
        builder.Property(b => b.Failed).HasColumnName("failed");
        builder.Property(b => b.Cancelled).HasColumnName("cancelled");
        builder.Property(b => b.Concurrency).HasColumnName("concurrency");
        builder.Property(b => b.After).HasColumnName("after");
        builder.Property(b => b.CreatedAt).HasColumnName("created_at");
        builder.Property(b => b.StartedAt).HasColumnName("started_at");
        builder.Property(b => b.EndedAt).HasColumnName("ended_at");
        builder.HasIndex(b => new { b.Tenant, b.CreatedAt }, "ix_batches_tenant");
        builder.HasIndex(b => b.Status, "ix_batches_unfinished").HasFilter("ended_at IS NULL");
    }
}

/// <summary>What a batch is made of: written once.</summary>
internal sealed class BatchDefinitionRow
{
    /// <summary>The batch.</summary>
    public Guid BatchId { get; set; }

    /// <summary>Template, plan and policies as JSON.</summary>
    public string Definition { get; set; } = "";
}

/// <summary>Table <c>batch_definitions</c>.</summary>
internal sealed class BatchDefinitionRowConfiguration : IEntityTypeConfiguration<BatchDefinitionRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<BatchDefinitionRow> builder)
    {
        builder.ToTable("batch_definitions");
        builder.HasKey(d => d.BatchId);
        builder.Property(d => d.BatchId).HasColumnName("batch_id").ValueGeneratedNever();
        builder.Property(d => d.Definition).HasColumnName("definition");
    }
}

/// <summary>An index of a batch, from its expansion on.</summary>
internal sealed class BatchItemRow
{
    /// <summary>The batch.</summary>
    public Guid BatchId { get; set; }

    /// <summary>Which index, from 0.</summary>
    public int Index { get; set; }

    /// <summary>What has become of it.</summary>
    public BatchItemStatus Status { get; set; }

    /// <summary>How often it was handed in.</summary>
    public int Tries { get; set; }

    /// <summary>The run of the last try; null when its values break a rule.</summary>
    public Guid? RunId { get; set; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; set; }
}

/// <summary>Table <c>batch_items</c>.</summary>
internal sealed class BatchItemRowConfiguration : IEntityTypeConfiguration<BatchItemRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<BatchItemRow> builder)
    {
        builder.ToTable("batch_items");
        builder.HasKey(i => new { i.BatchId, i.Index });
        builder.Property(i => i.BatchId).HasColumnName("batch_id");
        builder.Property(i => i.Index).HasColumnName("index").ValueGeneratedNever();
        builder.Property(i => i.Status).HasColumnName("status");
        builder.Property(i => i.Tries).HasColumnName("tries");
        builder.Property(i => i.RunId).HasColumnName("run_id");
        builder.Property(i => i.Error).HasColumnName("error");
        builder.HasIndex(i => new { i.BatchId, i.Status, i.Index }, "ix_batch_items_status");
    }
}
