using Farm.Contracts.Prompts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>The end of a prompt. The sequence is the order of history.</summary>
internal sealed class ResultRow
{
    /// <summary>The key, drawn by the database: grows with every end.</summary>
    public long Sequence { get; set; }

    /// <summary>The prompt.</summary>
    public Guid RunId { get; set; }

    /// <summary>The tenant that owns it.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The user inside the tenant.</summary>
    public string User { get; set; } = "";

    /// <summary>The id clients know.</summary>
    public string PromptId { get; set; } = "";

    /// <summary>How it ended.</summary>
    public RunOutcome Outcome { get; set; }

    /// <summary>Whether history counts it as completed.</summary>
    public bool Completed { get; set; }

    /// <summary>UI outputs in order of execution, JSON.</summary>
    public string Outputs { get; set; } = "";

    /// <summary>The events that history lists, JSON.</summary>
    public string Messages { get; set; } = "";
}

/// <summary>Table <c>prompt_results</c>.</summary>
internal sealed class ResultRowConfiguration : IEntityTypeConfiguration<ResultRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ResultRow> builder)
    {
        builder.ToTable("prompt_results");
        builder.HasKey(r => r.Sequence);
        builder.Property(r => r.Sequence).HasColumnName("sequence").ValueGeneratedOnAdd();
        builder.Property(r => r.RunId).HasColumnName("run_id");
        builder.Property(r => r.Tenant).HasColumnName("tenant");
        builder.Property(r => r.User).HasColumnName("user");
        builder.Property(r => r.PromptId).HasColumnName("prompt_id");
        builder.Property(r => r.Outcome).HasColumnName("outcome");
        builder.Property(r => r.Completed).HasColumnName("completed");
        builder.Property(r => r.Outputs).HasColumnName("outputs");
        builder.Property(r => r.Messages).HasColumnName("messages");
        builder.HasIndex(r => r.RunId, "ix_prompt_results_run_id").IsUnique();
        builder.HasIndex(r => new { r.Tenant, r.Sequence }, "ix_prompt_results_order");
        builder.HasIndex(r => new { r.Tenant, r.PromptId }, "ix_prompt_results_prompt_id");
    }
}
