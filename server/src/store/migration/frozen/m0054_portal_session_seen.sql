-- PostgreSQL
ALTER TABLE "portal_session" ADD COLUMN "seen_at" bigint NULL;
-- SQLite
ALTER TABLE "portal_session" ADD COLUMN "seen_at" integer NULL;
