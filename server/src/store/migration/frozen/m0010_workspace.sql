-- PostgreSQL
CREATE TABLE "workspace" ( "id" uuid NOT NULL, "partner_id" uuid NOT NULL, "customer_id" uuid NOT NULL, "template_id" uuid NOT NULL, "user_id" text NOT NULL, "user_id_key" text NOT NULL, "display_name" text NOT NULL, "primary_phone" text NULL, "extension" text NULL, "status" text NOT NULL, "attempt" text NULL, "fault" integer NULL, "at_target" text NOT NULL, "fault_detail" text NULL, "hitch" integer NULL, "place_id" text NULL, "created_at" bigint NOT NULL, "status_changed_at" bigint NOT NULL, PRIMARY KEY ("id") );
CREATE TABLE "directory_place" ( "id" uuid NOT NULL, "external_id" uuid NOT NULL UNIQUE, "user_id" text NOT NULL, "display_name" text NOT NULL, "primary_phone" text NULL, "extension" text NULL, "created_at" bigint NOT NULL, PRIMARY KEY ("id") );
CREATE UNIQUE INDEX "workspace_by_partner_id_and_user_id_key" ON "workspace" ("partner_id", "user_id_key");
CREATE INDEX "workspace_by_partner_id_and_id" ON "workspace" ("partner_id", "id");
-- SQLite
CREATE TABLE "workspace" ( "id" uuid_text NOT NULL, "partner_id" uuid_text NOT NULL, "customer_id" uuid_text NOT NULL, "template_id" uuid_text NOT NULL, "user_id" text NOT NULL, "user_id_key" text NOT NULL, "display_name" text NOT NULL, "primary_phone" text NULL, "extension" text NULL, "status" text NOT NULL, "attempt" text NULL, "fault" integer NULL, "at_target" text NOT NULL, "fault_detail" text NULL, "hitch" integer NULL, "place_id" text NULL, "created_at" integer NOT NULL, "status_changed_at" integer NOT NULL, PRIMARY KEY ("id") );
CREATE TABLE "directory_place" ( "id" uuid_text NOT NULL, "external_id" uuid_text NOT NULL UNIQUE, "user_id" text NOT NULL, "display_name" text NOT NULL, "primary_phone" text NULL, "extension" text NULL, "created_at" integer NOT NULL, PRIMARY KEY ("id") );
CREATE UNIQUE INDEX "workspace_by_partner_id_and_user_id_key" ON "workspace" ("partner_id", "user_id_key");
CREATE INDEX "workspace_by_partner_id_and_id" ON "workspace" ("partner_id", "id");
