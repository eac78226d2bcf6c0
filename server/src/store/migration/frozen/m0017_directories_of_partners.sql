-- PostgreSQL
SELECT "id" FROM "partner" LIMIT 2;
DELETE FROM "external_user";
UPDATE "directory_sync" SET "status" = 'NOT_SYNCED', "due_at" = 0, "total" = 0;
-- SQLite
SELECT "id" FROM "partner" LIMIT 2;
DELETE FROM "external_user";
UPDATE "directory_sync" SET "status" = 'NOT_SYNCED', "due_at" = 0, "total" = 0;
