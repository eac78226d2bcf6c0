-- PostgreSQL
CREATE INDEX subscriber_by_partner_id_and_mail_fault_and_id ON subscriber (partner_id, mail_fault, id) WHERE mail_fault IS NOT NULL;
-- SQLite
CREATE INDEX subscriber_by_partner_id_and_mail_fault_and_id ON subscriber (partner_id, mail_fault, id) WHERE mail_fault IS NOT NULL;
