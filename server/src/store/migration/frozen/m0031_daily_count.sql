-- PostgreSQL
CREATE TABLE "daily_count" ( "owner_id" uuid NOT NULL, "day" bigint NOT NULL, "provisioned" bigint NOT NULL, "pending" bigint NOT NULL, "error" bigint NOT NULL, "activated" bigint NOT NULL, PRIMARY KEY ("owner_id", "day") );
-- SQLite
CREATE TABLE "daily_count" ( "owner_id" uuid_text NOT NULL, "day" integer NOT NULL, "provisioned" integer NOT NULL, "pending" integer NOT NULL, "error" integer NOT NULL, "activated" integer NOT NULL, PRIMARY KEY ("owner_id", "day") );
