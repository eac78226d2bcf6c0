-- PostgreSQL
CREATE TABLE "pulse" ( "id" uuid NOT NULL, "at" bigint NOT NULL, "ballast" text NOT NULL, PRIMARY KEY ("id") );
-- SQLite
CREATE TABLE "pulse" ( "id" uuid_text NOT NULL, "at" integer NOT NULL, "ballast" text NOT NULL, PRIMARY KEY ("id") );
