-- PostgreSQL
CREATE INDEX former_share_token_in_capitals ON former_share_token (upper(token));
-- SQLite
CREATE INDEX former_share_token_in_capitals ON former_share_token (upper(token));
