-- PostgreSQL
ALTER TABLE "directory_account" ADD COLUMN "sp_enterprise_id" text NULL;
-- SQLite
ALTER TABLE "directory_account" ADD COLUMN "sp_enterprise_id" text NULL;
