using Farm.Contracts.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>A worker that gets no prompts until an operator brings it back.</summary>
internal sealed class WorkerRow
{
    /// <summary>The worker's name.</summary>
    public string WorkerId { get; set; } = "";

    /// <summary>What it did again and again.</summary>
    public WorkerFault Fault { get; set; }

    /// <summary>The last failure in words.</summary>
    public string Detail { get; set; } = "";

    /// <summary>When it was set aside, in milliseconds since 1970.</summary>
    public long SetAsideAt { get; set; }
}

/// <summary>Table <c>workers_set_aside</c>.</summary>
internal sealed class WorkerRowConfiguration : IEntityTypeConfiguration<WorkerRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<WorkerRow> builder)
    {
        builder.ToTable("workers_set_aside");
        builder.HasKey(w => w.WorkerId);
        builder.Property(w => w.WorkerId).HasColumnName("worker_id");
        builder.Property(w => w.Fault).HasColumnName("fault");
        builder.Property(w => w.Detail).HasColumnName("detail");
        builder.Property(w => w.SetAsideAt).HasColumnName("set_aside_at");
    }
}
