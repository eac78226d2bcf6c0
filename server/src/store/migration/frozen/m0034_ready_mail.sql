-- PostgreSQL
ALTER TABLE "subscriber" ADD COLUMN "ready_mail_at" bigint NULL;
-- SQLite
ALTER TABLE "subscriber" ADD COLUMN "ready_mail_at" integer NULL;
