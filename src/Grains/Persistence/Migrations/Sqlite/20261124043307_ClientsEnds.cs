using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Farm.Grains.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ClientsEnds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_prompts_client",
                table: "prompts",
                columns: new[] { "tenant", "client_id", "ended_at" },
                filter: "client_id IS NOT NULL AND ended_at IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_prompts_client",
                table: "prompts");
        }
    }
}
