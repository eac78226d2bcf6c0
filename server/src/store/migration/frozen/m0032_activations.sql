-- PostgreSQL
CREATE INDEX history_by_partner_id_and_id_of_activations ON history (partner_id, id) WHERE event = 'account_created';
-- SQLite
CREATE INDEX history_by_partner_id_and_id_of_activations ON history (partner_id, id) WHERE event = 'account_created';
