-- PostgreSQL
ALTER TABLE "proof" ADD COLUMN "note" text NULL;
-- SQLite
ALTER TABLE "proof" ADD COLUMN "note" text NULL;
