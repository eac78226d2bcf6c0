-- PostgreSQL
ALTER TABLE "bulk_job" ADD COLUMN "list" text NULL;
ALTER TABLE "bulk_row" ADD COLUMN "user_id" text NULL;
ALTER TABLE "audit_event" ADD COLUMN "detail" text NULL;
-- SQLite
ALTER TABLE "bulk_job" ADD COLUMN "list" text NULL;
ALTER TABLE "bulk_row" ADD COLUMN "user_id" text NULL;
ALTER TABLE "audit_event" ADD COLUMN "detail" text NULL;
