-- PostgreSQL
CREATE TABLE search_due (subscriber_id uuid NOT NULL PRIMARY KEY);
CREATE TABLE subscriber_search (subscriber_id uuid NOT NULL PRIMARY KEY, partner_id uuid NOT NULL, text text NOT NULL, grams integer[] NOT NULL);
CREATE INDEX subscriber_search_by_grams ON subscriber_search USING gin (grams);
CREATE FUNCTION search_again() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
     BEGIN
         IF TG_OP = 'DELETE' THEN
             DELETE FROM search_due WHERE subscriber_id = OLD.id;
             DELETE FROM subscriber_search WHERE subscriber_id = OLD.id;
         ELSE
             INSERT INTO search_due (subscriber_id) VALUES (NEW.id)
             ON CONFLICT (subscriber_id) DO UPDATE SET subscriber_id = excluded.subscriber_id;
         END IF;
         RETURN NULL;
     END $$;
CREATE TRIGGER subscriber_to_find AFTER INSERT OR DELETE ON subscriber
     FOR EACH ROW EXECUTE FUNCTION search_again();
CREATE TRIGGER subscriber_to_find_again
     AFTER UPDATE OF user_id, first_name, last_name, email, primary_phone, mobile_phone, extension ON subscriber FOR EACH ROW
     WHEN ((OLD.user_id, OLD.first_name, OLD.last_name, OLD.email, OLD.primary_phone, OLD.mobile_phone, OLD.extension)
           IS DISTINCT FROM
           (NEW.user_id, NEW.first_name, NEW.last_name, NEW.email, NEW.primary_phone, NEW.mobile_phone, NEW.extension))
     EXECUTE FUNCTION search_again();
INSERT INTO search_due (subscriber_id) SELECT id FROM subscriber;
-- SQLite
CREATE TABLE search_due (subscriber_id uuid_text NOT NULL PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE subscriber_search (number integer PRIMARY KEY, subscriber_id uuid_text NOT NULL UNIQUE, partner_id uuid_text NOT NULL, text text NOT NULL);
CREATE VIRTUAL TABLE subscriber_gram USING fts5 (grams, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
CREATE TRIGGER subscriber_to_find AFTER INSERT ON subscriber BEGIN
         INSERT INTO search_due (subscriber_id) VALUES (NEW.id) ON CONFLICT (subscriber_id) DO NOTHING;
     END;
CREATE TRIGGER subscriber_to_find_again
     AFTER UPDATE OF user_id, first_name, last_name, email, primary_phone, mobile_phone, extension ON subscriber
     WHEN (OLD.user_id, OLD.first_name, OLD.last_name, OLD.email, OLD.primary_phone, OLD.mobile_phone, OLD.extension)
       IS NOT (NEW.user_id, NEW.first_name, NEW.last_name, NEW.email, NEW.primary_phone, NEW.mobile_phone, NEW.extension)
     BEGIN
         INSERT INTO search_due (subscriber_id) VALUES (NEW.id) ON CONFLICT (subscriber_id) DO NOTHING;
     END;
CREATE TRIGGER subscriber_to_forget AFTER DELETE ON subscriber BEGIN
         DELETE FROM search_due WHERE subscriber_id = OLD.id;
         DELETE FROM subscriber_gram
         WHERE rowid = (SELECT number FROM subscriber_search WHERE subscriber_id = OLD.id);
         DELETE FROM subscriber_search WHERE subscriber_id = OLD.id;
     END;
INSERT INTO search_due (subscriber_id) SELECT id FROM subscriber;
