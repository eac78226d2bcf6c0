-- PostgreSQL
CREATE TABLE "server_key" ( "name" text NOT NULL, "value" text NOT NULL, "created_at" bigint NOT NULL, PRIMARY KEY ("name") );
-- SQLite
CREATE TABLE "server_key" ( "name" text NOT NULL, "value" text NOT NULL, "created_at" integer NOT NULL, PRIMARY KEY ("name") );
