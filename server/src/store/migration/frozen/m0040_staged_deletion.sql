-- PostgreSQL
ALTER TABLE "partner" ADD COLUMN "deletion_threshold" integer NULL;
ALTER TABLE "bulk_job" ADD COLUMN "staged_at" bigint NULL;
CREATE TABLE "deletion_count" ( "partner_id" uuid NOT NULL, "minute" bigint NOT NULL, "deletions" bigint NOT NULL, PRIMARY KEY ("partner_id", "minute") );
-- SQLite
ALTER TABLE "partner" ADD COLUMN "deletion_threshold" integer NULL;
ALTER TABLE "bulk_job" ADD COLUMN "staged_at" integer NULL;
CREATE TABLE "deletion_count" ( "partner_id" uuid_text NOT NULL, "minute" integer NOT NULL, "deletions" integer NOT NULL, PRIMARY KEY ("partner_id", "minute") );
