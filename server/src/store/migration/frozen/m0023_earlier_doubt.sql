-- PostgreSQL
ALTER TABLE "task" ADD COLUMN "earlier_doubt" bigint NOT NULL DEFAULT 0;
-- SQLite
ALTER TABLE "task" ADD COLUMN "earlier_doubt" integer NOT NULL DEFAULT 0;
