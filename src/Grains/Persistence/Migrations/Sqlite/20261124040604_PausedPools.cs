using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Farm.Grains.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class PausedPools : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "paused_pools",
                columns: table => new
                {
                    pool = table.Column<string>(type: "TEXT", nullable: false),
                    paused_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_paused_pools", x => x.pool);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "paused_pools");
        }
    }
}
