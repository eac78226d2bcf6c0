-- PostgreSQL
CREATE INDEX proof_by_remind_at ON proof (remind_at) WHERE remind_at IS NOT NULL;
-- SQLite
CREATE INDEX proof_by_remind_at ON proof (remind_at) WHERE remind_at IS NOT NULL;
