-- PostgreSQL
CREATE TABLE "saved_view" ( "administrator_id" uuid NOT NULL, "name" text NOT NULL, "address" text NOT NULL, "created_at" bigint NOT NULL, PRIMARY KEY ("administrator_id", "name") );
-- SQLite
CREATE TABLE "saved_view" ( "administrator_id" uuid_text NOT NULL, "name" text NOT NULL, "address" text NOT NULL, "created_at" integer NOT NULL, PRIMARY KEY ("administrator_id", "name") );
