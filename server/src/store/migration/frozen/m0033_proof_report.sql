-- PostgreSQL
ALTER TABLE "proof" ADD COLUMN "report" text NULL;
-- SQLite
ALTER TABLE "proof" ADD COLUMN "report" text NULL;
