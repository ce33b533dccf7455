using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Farm.Grains.Persistence.Migrations.Sqlite
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
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "batch_index",
                table: "prompts",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "batch_definitions",
                columns: table => new
                {
                    batch_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    definition = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_batch_definitions", x => x.batch_id);
                });

            migrationBuilder.CreateTable(
                name: "batch_items",
                columns: table => new
                {
                    batch_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    index = table.Column<int>(type: "INTEGER", nullable: false),
                    status = table.Column<int>(type: "INTEGER", nullable: false),
                    tries = table.Column<int>(type: "INTEGER", nullable: false),
                    run_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    error = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_batch_items", x => new { x.batch_id, x.index });
                });

            migrationBuilder.CreateTable(
                name: "batches",
                columns: table => new
                {
                    batch_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant = table.Column<string>(type: "TEXT", nullable: false),
                    user = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<int>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    total = table.Column<int>(type: "INTEGER", nullable: false),
                    position = table.Column<int>(type: "INTEGER", nullable: false),
                    submitted = table.Column<int>(type: "INTEGER", nullable: false),
                    waiting = table.Column<int>(type: "INTEGER", nullable: false),
                    completed = table.Column<int>(type: "INTEGER", nullable: false),
                    failed = table.Column<int>(type: "INTEGER", nullable: false),
                    cancelled = table.Column<int>(type: "INTEGER", nullable: false),
                    concurrency = table.Column<int>(type: "INTEGER", nullable: false),
                    after = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: true),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_batches", x => x.batch_id);
                });

            migrationBuilder.CreateTable(
                name: "ledger",
                columns: table => new
                {
                    run_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant = table.Column<string>(type: "TEXT", nullable: false),
                    user = table.Column<string>(type: "TEXT", nullable: false),
                    prompt_id = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<int>(type: "INTEGER", nullable: false),
                    queued_at = table.Column<long>(type: "INTEGER", nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: true),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: false),
                    worker_id = table.Column<string>(type: "TEXT", nullable: true),
                    attempts = table.Column<string>(type: "TEXT", nullable: true),
                    models = table.Column<string>(type: "TEXT", nullable: true),
                    seeds = table.Column<string>(type: "TEXT", nullable: true),
                    outputs = table.Column<int>(type: "INTEGER", nullable: false),
                    gpu_time = table.Column<long>(type: "INTEGER", nullable: false),
                    error = table.Column<string>(type: "TEXT", nullable: true),
                    batch_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    batch_index = table.Column<int>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger", x => x.run_id);
                });

            migrationBuilder.CreateTable(
                name: "webhooks",
                columns: table => new
                {
                    webhook_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    tenant = table.Column<string>(type: "TEXT", nullable: false),
                    url = table.Column<string>(type: "TEXT", nullable: false),
                    @event = table.Column<string>(name: "event", type: "TEXT", nullable: false),
                    body = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    next_at = table.Column<long>(type: "INTEGER", nullable: true),
                    delivered_at = table.Column<long>(type: "INTEGER", nullable: true),
                    tries = table.Column<int>(type: "INTEGER", nullable: false),
                    error = table.Column<string>(type: "TEXT", nullable: true)
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
