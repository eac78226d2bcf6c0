-- PostgreSQL
ALTER TABLE "administrator" ADD COLUMN "disabled_at" bigint NULL;
-- SQLite
ALTER TABLE "administrator" ADD COLUMN "disabled_at" integer NULL;
