-- PostgreSQL
CREATE INDEX proof_by_created_at ON proof (created_at);
-- SQLite
CREATE INDEX proof_by_created_at ON proof (created_at);
