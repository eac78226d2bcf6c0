-- PostgreSQL
ALTER TABLE "template" ADD COLUMN "accent" text NULL;
ALTER TABLE "template" ADD COLUMN "logo" text NULL;
CREATE TABLE "template_logo" ( "name" text NOT NULL, "template_id" uuid NOT NULL, "picture" bytea NOT NULL, PRIMARY KEY ("name", "template_id") );
CREATE INDEX "template_logo_by_template_id" ON "template_logo" ("template_id");
-- SQLite
ALTER TABLE "template" ADD COLUMN "accent" text NULL;
ALTER TABLE "template" ADD COLUMN "logo" text NULL;
CREATE TABLE "template_logo" ( "name" text NOT NULL, "template_id" uuid_text NOT NULL, "picture" blob NOT NULL, PRIMARY KEY ("name", "template_id") );
CREATE INDEX "template_logo_by_template_id" ON "template_logo" ("template_id");
