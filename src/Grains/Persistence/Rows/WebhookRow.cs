using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>A message that is to reach an address. Times are milliseconds since 1970.</summary>
internal sealed class WebhookRow
{
    /// <summary>The message's id, by which a receiver knows one that comes again.</summary>
    public Guid Id { get; set; }

    /// <summary>The tenant that asked for it.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>Where it goes.</summary>
    public string Url { get; set; } = "";

    /// <summary>What happened: <c>prompt.ended</c> or <c>batch.ended</c>.</summary>
    public string Event { get; set; } = "";

    /// <summary>The body as it is sent.</summary>
    public string Body { get; set; } = "";

    /// <summary>When it came up.</summary>
    public long CreatedAt { get; set; }

    /// <summary>When it is to be sent next; null once it was delivered or given up.</summary>
    public long? NextAt { get; set; }

    /// <summary>When it was delivered.</summary>
    public long? DeliveredAt { get; set; }

    /// <summary>How often it was sent. Fences the sending: who raises it sends.</summary>
    public int Tries { get; set; }

    /// <summary>Why the last try failed.</summary>
    public string? Error { get; set; }
}

/// <summary>Table <c>webhooks</c>.</summary>
internal sealed class WebhookRowConfiguration : IEntityTypeConfiguration<WebhookRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<WebhookRow> builder)
    {
        builder.ToTable("webhooks");
        builder.HasKey(w => w.Id);
        builder.Property(w => w.Id).HasColumnName("webhook_id").ValueGeneratedNever();
        builder.Property(w => w.Tenant).HasColumnName("tenant");
        builder.Property(w => w.Url).HasColumnName("url");
        builder.Property(w => w.Event).HasColumnName("event");
        builder.Property(w => w.Body).HasColumnName("body");
        builder.Property(w => w.CreatedAt).HasColumnName("created_at");
        builder.Property(w => w.NextAt).HasColumnName("next_at");
        builder.Property(w => w.DeliveredAt).HasColumnName("delivered_at");
        builder.Property(w => w.Tries).HasColumnName("tries").IsConcurrencyToken();
        builder.Property(w => w.Error).HasColumnName("error");
        builder.HasIndex(w => w.NextAt, "ix_webhooks_due").HasFilter("next_at IS NOT NULL");
        builder.HasIndex(w => w.CreatedAt, "ix_webhooks_created");
    }
}
