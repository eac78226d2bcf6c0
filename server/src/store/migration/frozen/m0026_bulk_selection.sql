-- PostgreSQL
ALTER TABLE "bulk_job" ADD COLUMN "actor" text NULL;
ALTER TABLE "bulk_job" ADD COLUMN "selection" text NULL;
ALTER TABLE "bulk_job" ADD COLUMN "accepted" integer NOT NULL DEFAULT 0;
ALTER TABLE "bulk_job" ADD COLUMN "unchanged" integer NOT NULL DEFAULT 0;
ALTER TABLE "bulk_job" ADD COLUMN "refused" integer NOT NULL DEFAULT 0;
ALTER TABLE "bulk_job" ADD COLUMN "cancelled_at" bigint NULL;
UPDATE bulk_job SET accepted = (SELECT COUNT(*) FROM bulk_row WHERE job_id = bulk_job.id AND outcome = 'accepted'), unchanged = (SELECT COUNT(*) FROM bulk_row WHERE job_id = bulk_job.id AND outcome = 'unchanged'), refused = (SELECT COUNT(*) FROM bulk_row WHERE job_id = bulk_job.id AND outcome = 'refused');
-- SQLite
ALTER TABLE "bulk_job" ADD COLUMN "actor" text NULL;
ALTER TABLE "bulk_job" ADD COLUMN "selection" text NULL;
ALTER TABLE "bulk_job" ADD COLUMN "accepted" integer NOT NULL DEFAULT 0;
ALTER TABLE "bulk_job" ADD COLUMN "unchanged" integer NOT NULL DEFAULT 0;
ALTER TABLE "bulk_job" ADD COLUMN "refused" integer NOT NULL DEFAULT 0;
ALTER TABLE "bulk_job" ADD COLUMN "cancelled_at" integer NULL;
UPDATE bulk_job SET accepted = (SELECT COUNT(*) FROM bulk_row WHERE job_id = bulk_job.id AND outcome = 'accepted'), unchanged = (SELECT COUNT(*) FROM bulk_row WHERE job_id = bulk_job.id AND outcome = 'unchanged'), refused = (SELECT COUNT(*) FROM bulk_row WHERE job_id = bulk_job.id AND outcome = 'refused');
