-- PostgreSQL
ALTER TABLE "task" ADD COLUMN "refused_since" bigint NOT NULL DEFAULT 0;
ALTER TABLE "task" ADD COLUMN "accepted_since" bigint NOT NULL DEFAULT 0;
ALTER TABLE "subscriber" ADD COLUMN "mail_fault" integer NULL;
-- SQLite
ALTER TABLE "task" ADD COLUMN "refused_since" integer NOT NULL DEFAULT 0;
ALTER TABLE "task" ADD COLUMN "accepted_since" integer NOT NULL DEFAULT 0;
ALTER TABLE "subscriber" ADD COLUMN "mail_fault" integer NULL;
