-- PostgreSQL
CREATE TABLE "bulk_job" ( "id" uuid NOT NULL, "partner_id" uuid NOT NULL, "token_id" uuid NOT NULL, "action" text NOT NULL, "size" integer NOT NULL, "lease_until" bigint NOT NULL, "created_at" bigint NOT NULL, "finished_at" bigint NULL, PRIMARY KEY ("id") );
CREATE TABLE "bulk_row" ( "job_id" uuid NOT NULL, "number" integer NOT NULL, "written" text NULL, "subscriber_id" uuid NULL, "outcome" text NULL, "errors" text NULL, PRIMARY KEY ("job_id", "number") );
CREATE INDEX "bulk_job_by_finished_at_and_lease_until" ON "bulk_job" ("finished_at", "lease_until");
CREATE INDEX "bulk_row_by_job_id_and_outcome_and_number" ON "bulk_row" ("job_id", "outcome", "number");
-- SQLite
CREATE TABLE "bulk_job" ( "id" uuid_text NOT NULL, "partner_id" uuid_text NOT NULL, "token_id" uuid_text NOT NULL, "action" text NOT NULL, "size" integer NOT NULL, "lease_until" integer NOT NULL, "created_at" integer NOT NULL, "finished_at" integer NULL, PRIMARY KEY ("id") );
CREATE TABLE "bulk_row" ( "job_id" uuid_text NOT NULL, "number" integer NOT NULL, "written" text NULL, "subscriber_id" uuid_text NULL, "outcome" text NULL, "errors" text NULL, PRIMARY KEY ("job_id", "number") );
CREATE INDEX "bulk_job_by_finished_at_and_lease_until" ON "bulk_job" ("finished_at", "lease_until");
CREATE INDEX "bulk_row_by_job_id_and_outcome_and_number" ON "bulk_row" ("job_id", "outcome", "number");
