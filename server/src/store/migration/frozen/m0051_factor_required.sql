-- PostgreSQL
ALTER TABLE "partner" ADD COLUMN "factor_required_at" bigint NULL;
-- SQLite
ALTER TABLE "partner" ADD COLUMN "factor_required_at" integer NULL;
