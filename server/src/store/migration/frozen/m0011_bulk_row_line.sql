-- PostgreSQL
ALTER TABLE "bulk_row" ADD COLUMN "line" integer NULL;
-- SQLite
ALTER TABLE "bulk_row" ADD COLUMN "line" integer NULL;
