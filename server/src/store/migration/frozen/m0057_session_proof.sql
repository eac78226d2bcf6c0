-- PostgreSQL
ALTER TABLE "hub_session" ADD COLUMN "proven_at" bigint NULL;
-- SQLite
ALTER TABLE "hub_session" ADD COLUMN "proven_at" integer NULL;
