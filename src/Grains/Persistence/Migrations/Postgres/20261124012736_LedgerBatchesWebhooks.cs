using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Farm.Grains.Persistence.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class LedgerBatchesWebhooks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "batch_id",
                table: "prompts",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "batch_index",
                table: "prompts",
                type: "integer",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "batch_definitions",
                columns: table => new
                {
                    batch_id = table.Column<Guid>(type: "uuid", nullable: false),
                    definition = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_batch_definitions", x => x.batch_id);
                });

            migrationBuilder.CreateTable(
                name: "batch_items",
                columns: table => new
                {
                    batch_id = table.Column<Guid>(type: "uuid", nullable: false),
                    index = table.Column<int>(type: "integer", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: false),
                    tries = table.Column<int>(type: "integer", nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: true),
                    error = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_batch_items", x => new { x.batch_id, x.index });
                });

            migrationBuilder.CreateTable(
                name: "batches",
                columns: table => new
                {
                    batch_id = table.Column<Guid>(type: "uuid", nullable: false),
                    tenant = table.Column<string>(type: "text", nullable: false),
                    user = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false),
                    total = table.Column<int>(type: "integer", nullable: false),
                    position = table.Column<int>(type: "integer", nullable: false),
                    submitted = table.Column<int>(type: "integer", nullable: false),
                    waiting = table.Column<int>(type: "integer", nullable: false),
                    completed = table.Column<int>(type: "integer", nullable: false),
                    failed = table.Column<int>(type: "integer", nullable: false),
                    cancelled = table.Column<int>(type: "integer", nullable: false),
                    concurrency = table.Column<int>(type: "integer", nullable: false),
                    after = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    started_at = table.Column<long>(type: "bigint", nullable: true),
                    ended_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_batches", x => x.batch_id);
                });

            migrationBuilder.CreateTable(
                name: "ledger",
                columns: table => new
                {
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    tenant = table.Column<string>(type: "text", nullable: false),
                    user = table.Column<string>(type: "text", nullable: false),
                    prompt_id = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: false),
                    queued_at = table.Column<long>(type: "bigint", nullable: false),
                    started_at = table.Column<long>(type: "bigint", nullable: true),
                    ended_at = table.Column<long>(type: "bigint", nullable: false),
                    worker_id = table.Column<string>(type: "text", nullable: true),
                    attempts = table.Column<string>(type: "text", nullable: true),
                    models = table.Column<string>(type: "text", nullable: true),
                    seeds = table.Column<string>(type: "text", nullable: true),
                    outputs = table.Column<int>(type: "integer", nullable: false),
                    gpu_time = table.Column<long>(type: "bigint", nullable: false),
                    error = table.Column<string>(type: "text", nullable: true),
                    batch_id = table.Column<Guid>(type: "uuid", nullable: true),
                    batch_index = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger", x => x.run_id);
                });

            migrationBuilder.CreateTable(
                name: "webhooks",
                columns: table => new
                {
                    webhook_id = table.Column<Guid>(type: "uuid", nullable: false),
                    tenant = table.Column<string>(type: "text", nullable: false),
                    url = table.Column<string>(type: "text", nullable: false),
                    @event = table.Column<string>(name: "event", type: "text", nullable: false),
                    body = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    next_at = table.Column<long>(type: "bigint", nullable: true),
                    delivered_at = table.Column<long>(type: "bigint", nullable: true),
                    tries = table.Column<int>(type: "integer", nullable: false),
                    error = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_webhooks", x => x.webhook_id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_batch_items_status",
                table: "batch_items",
                columns: new[] { "batch_id", "status", "index" });

            migrationBuilder.CreateIndex(
                name: "ix_batches_tenant",
                table: "batches",
                columns: new[] { "tenant", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_batches_unfinished",
                table: "batches",
                column: "status",
                filter: "ended_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_ledger_batch",
                table: "ledger",
                columns: new[] { "batch_id", "ended_at" },
                filter: "batch_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_ledger_ended",
                table: "ledger",
                column: "ended_at");

            migrationBuilder.CreateIndex(
                name: "ix_ledger_prompt",
                table: "ledger",
                column: "prompt_id");

            migrationBuilder.CreateIndex(
                name: "ix_ledger_tenant",
                table: "ledger",
                columns: new[] { "tenant", "ended_at" });

            migrationBuilder.CreateIndex(
                name: "ix_ledger_worker",
                table: "ledger",
                columns: new[] { "worker_id", "ended_at" },
                filter: "worker_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_webhooks_created",
                table: "webhooks",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_webhooks_due",
                table: "webhooks",
                column: "next_at",
                filter: "next_at IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "batch_definitions");

            migrationBuilder.DropTable(
                name: "batch_items");

            migrationBuilder.DropTable(
                name: "batches");

            migrationBuilder.DropTable(
                name: "ledger");

            migrationBuilder.DropTable(
                name: "webhooks");

            migrationBuilder.DropColumn(
                name: "batch_id",
                table: "prompts");

            migrationBuilder.DropColumn(
                name: "batch_index",
                table: "prompts");
        }
    }
}
