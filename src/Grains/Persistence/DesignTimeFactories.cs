using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Farm.Grains.Persistence;

/// <summary>For <c>dotnet ef migrations add NAME --context SqliteFarmDb -o Persistence/Migrations/Sqlite</c>.</summary>
internal sealed class SqliteDesignTimeFactory : IDesignTimeDbContextFactory<SqliteFarmDb>
{
    /// <inheritdoc/>
    public SqliteFarmDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteFarmDb>().UseSqlite("Data Source=:memory:").Options);
}

/// <summary>For <c>dotnet ef migrations add NAME --context NpgsqlFarmDb -o Persistence/Migrations/Postgres</c>; no server is asked.</summary>
internal sealed class NpgsqlDesignTimeFactory : IDesignTimeDbContextFactory<NpgsqlFarmDb>
{
    /// <inheritdoc/>
    public NpgsqlFarmDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<NpgsqlFarmDb>().UseNpgsql("Host=localhost;Database=farm").Options);
}
