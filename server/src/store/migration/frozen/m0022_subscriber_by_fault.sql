-- PostgreSQL
CREATE INDEX subscriber_by_partner_id_and_fault_and_id ON subscriber (partner_id, fault, id) WHERE fault IS NOT NULL;
-- SQLite
CREATE INDEX subscriber_by_partner_id_and_fault_and_id ON subscriber (partner_id, fault, id) WHERE fault IS NOT NULL;
