-- PostgreSQL
CREATE TABLE "broadworks_outage" ( "address" text NOT NULL, "reason" text NOT NULL, "since" bigint NOT NULL, PRIMARY KEY ("address") );
ALTER TABLE "webhook" ADD COLUMN "failing_since" bigint NULL;
ALTER TABLE "webhook" ADD COLUMN "disabled_at" bigint NULL;
ALTER TABLE "webhook" ADD COLUMN "disabled_reason" text NULL;
ALTER TABLE "bulk_job" ADD COLUMN "ignored_columns" text NULL;
ALTER TABLE "subscriber" ADD COLUMN "sp_enterprise_group_id" text NULL;
-- SQLite
CREATE TABLE "broadworks_outage" ( "address" text NOT NULL, "reason" text NOT NULL, "since" integer NOT NULL, PRIMARY KEY ("address") );
ALTER TABLE "webhook" ADD COLUMN "failing_since" integer NULL;
ALTER TABLE "webhook" ADD COLUMN "disabled_at" integer NULL;
ALTER TABLE "webhook" ADD COLUMN "disabled_reason" text NULL;
ALTER TABLE "bulk_job" ADD COLUMN "ignored_columns" text NULL;
ALTER TABLE "subscriber" ADD COLUMN "sp_enterprise_group_id" text NULL;
